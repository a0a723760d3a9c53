import {factsOf, type Desk} from './desk.ts';

/** So many jobs are looked up at once. */
const CHUNK = 100;

/**
 * Lets the calls of an owner who is back go to the policy's gates, the oldest first. Several processes may do it at the
 * same time: each call is released by one of them.
 */
export async function release({queue, parked, events}: Desk, user: string, vehicle?: string): Promise<void> {
  const calls = await parked.of(user, vehicle);
  const found = [];
  for (let from = 0; from < calls.length; from += CHUNK) {
    const chunk = calls.slice(from, from + CHUNK);
    const jobs = await Promise.all(chunk.map(({jobId}) => queue.getJob(jobId)));
    found.push(...chunk.map((call, index) => ({call, job: jobs[index]})));
  }
  found.sort((one, other) => (one.job?.timestamp ?? 0) - (other.job?.timestamp ?? 0));
  for (const {call, job} of found) {
    // Out of the index first: a job that is just being parked finds itself missing there, and goes on.
    if (!(await parked.remove(call.jobId, call)) || !job) continue;
    const facts = factsOf(job);
    await job.promote().catch(() => undefined);
    events.emit('released', facts);
  }
}
