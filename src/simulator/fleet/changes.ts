import type {OwnerState} from './owner.ts';
import type {Car, VehicleState} from './vehicle.ts';

/** Something that happened in the fleet and that a webhook may tell about. */
export type Change =
  /** `login`, or the name of a permission. */
  | {
      readonly kind: 'lost' | 'restored';
      readonly what: string;
      readonly owner: OwnerState;
      readonly car: Car;
    }
  /** A command took effect, or the state was written from outside. */
  | {
      readonly kind: 'state';
      /** What has another value now, as it was. */
      readonly before: Readonly<Partial<VehicleState>>;
      readonly owner: OwnerState;
      readonly car: Car;
    };
