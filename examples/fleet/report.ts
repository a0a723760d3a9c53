/** What a worker tells its parent. */
export type Report =
  | {readonly did: 'ready'}
  | {readonly did: 'done' | 'deferred' | 'parked' | 'dead'; readonly id: string}
  | {readonly did: 'refreshed'}
  | {readonly did: 'sends-command'; readonly vehicle: string}
  | {readonly did: 'holds'; readonly waiting: number; readonly underWay: number};
