import type {WebhookRefusal} from '../core/webhook-event.ts';

/** What is answered to a delivery that is not accepted, and what the developer is told. */
export const REFUSALS: Readonly<Record<WebhookRefusal, readonly [status: number, said: string]>> = {
  method: [405, 'Webhooks come with POST.'],
  'too-large': [413, 'The body is larger than any of Smartcar.'],
  unreadable: [400, 'The body could not be read to its end.'],
  unsigned: [
    401,
    'No SC-Signature came with it: it is not from Smartcar, or something on the way drops the header.',
  ],
  signature: [
    401,
    'The SC-Signature is not that of this body. The key is the application management token, not the client secret; ' +
      'the body has to come raw, not parsed and written again. Some applications that were moved from v2 to v3 get ' +
      'signatures that never fit although VERIFY works: only a new application helps those.',
  ],
  challenge: [400, 'A challenge has 1 to 128 characters of A-Z a-z 0-9 _ -; nothing else is signed.'],
  'not-json': [400, 'The body is signed, but it is no JSON object.'],
  stale: [
    400,
    'It was delivered more than 24 hours ago, or is yet to be: somebody sends it again, or a clock is wrong.',
  ],
  failed: [500, 'What the event asks for could not be done; Smartcar delivers it again.'],
  'failed-late': [
    200,
    'What the event asks for took longer than 10 s and failed then, when Smartcar had its answer.',
  ],
};
