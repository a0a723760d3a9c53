import type {Policy} from 'smartcar-policy';

/** Owners who have been told to reconnect follow their links. Resolves with how many there were. */
export async function ownersComeBack(policy: Policy): Promise<number> {
  const open = await policy.reauth.list();
  for (const {connectUrl = '', user} of open) {
    // The owner's browser; Connect sends it back to where the product takes it in.
    const link = new URL(connectUrl);
    link.searchParams.set('user', user);
    const back = await fetch(link, {redirect: 'manual'});
    await policy.connect.handleCallback(new Request(back.headers.get('location') ?? ''), {user});
  }
  return open.length;
}
