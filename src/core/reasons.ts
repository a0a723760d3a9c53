/**
 * Why a decision was taken: a closed set of codes for machines, each with a sentence for people.
 * The first block names the rule that read the failure, the second the limit that stopped a call.
 */
export const REASONS = {
  'server-says-retry': 'Smartcar says that the call can be repeated later.',
  'server-says-reauthenticate': 'Smartcar says that the owner has to go through Connect again.',
  'server-says-support': 'Smartcar says that its support has to be asked.',
  'server-says-finance': 'Smartcar says that an invoice has to be paid.',
  'server-says-owner-action': 'Smartcar says that the owner has to do something outside Connect.',
  'resolution-unknown': 'Smartcar sent a resolution that is not known here; nothing is repeated on a guess.',
  'make-in-capitals':
    'The make in the path is in capitals; Smartcar answers that as if a permission were missing.',
  'signal-not-found': 'The signal code is wrong, or this car does not report it; the owner can do nothing.',
  billing: 'A limit of the Smartcar plan is reached; repeating costs money and changes nothing.',
  'token-expired': 'The access token was refused; a new one may be accepted.',
  'token-rejected':
    'A fresh access token was refused too: the call is malformed, or the token does not cover this car.',
  'passes-by-itself': 'The car is in a state that passes by itself.',
  'owner-has-to-connect': 'Only the owner can mend this, by going through Connect.',
  'owner-has-to-act': 'The owner has to do something at the car or in the account at its maker.',
  'goal-reached': 'The car is full or charging already: after a start of charging, that is the goal.',
  'request-invalid': 'The request is wrong as it stands; repeating it cannot help.',
  'not-capable': 'This car, its maker or Smartcar cannot do this.',
  'credentials-rejected': "The application's client id or secret was refused.",
  'grant-dead': "The owner's grant can no longer be refreshed.",
  'grant-missing': 'No tokens are stored for this user.',
  'known-to-pass': 'Smartcar documents this failure as one that may pass.',
  'transient-status': 'The HTTP status alone says that the failure may pass.',
  'permanent-status': 'The HTTP status alone says that repeating cannot help.',
  'connection-never-made': 'No connection came about, so nothing was sent.',
  'connection-lost': 'The connection was lost after the request may have been sent.',
  'timed-out': 'No answer came within the time of one attempt.',
  'connect-refused': 'Connect came back with an error.',
  unrecognised: 'This is no failure of Smartcar or of the network that is known here.',

  'outcome-unknown': 'The command may have been carried out; it is not sent again.',
  'retries-spent': 'It was repeated as often as `backoff` allows.',
  'retries-off': '`backoff` switches retries off for this failure.',
  'wait-too-long': 'The next attempt would come later than `maxWaitMs` allows.',
  'past-deadline': 'The next attempt would come later than `deadlineMs` allows.',
  'body-not-replayable': 'The request body is a stream, which can be sent only once.',
  budget: "The application's budget of retries is spent.",
  parked: 'The owner has to reconnect first.',
  crowded: 'So many calls wait for the same scope already that no other may.',
  paused: 'A gate is closed for longer than the call may wait.',
  aborted: 'The caller gave up.',
  closed: 'The policy was closed.',
} as const;

/** Why the policy did what it did; its sentence stands in `REASONS`. */
export type Reason = keyof typeof REASONS;
