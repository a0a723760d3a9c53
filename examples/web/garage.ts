import type {Answer, Named, Trouble} from './smartcar.ts';

/** A value, and when the car recorded it (epoch ms). */
export interface Value {
  readonly value: number;
  readonly at: number;
}

/** What is known about a car. A value stays when the next read fails: it is old then, not wrong. */
export interface Car extends Named {
  readonly odometerKm?: Value;
  readonly batteryShare?: Value;
  /** Why the last read failed. */
  readonly trouble?: Trouble;
}

/** The cars of the one owner, as last read. In memory: a read brings it back. */
export interface Garage {
  readonly cars: () => readonly Car[];
  readonly find: (id: string) => Car | undefined;
  /** Takes in the cars that there are now; those that are gone leave. */
  readonly keep: (cars: readonly Named[]) => void;
  /** Notes what one read brought. */
  readonly note: <Body>(
    id: string,
    what: 'odometerKm' | 'batteryShare',
    answer: Answer<Body>,
    value: (body: Body) => number,
  ) => void;
}

export function createGarage(changed: () => void): Garage {
  let cars: ReadonlyMap<string, Car> = new Map();
  return {
    cars: () => [...cars.values()],
    find: id => cars.get(id),
    keep(named) {
      cars = new Map(named.map(car => [car.id, {...cars.get(car.id), ...car}]));
      changed();
    },
    note(id, what, answer, value) {
      const car = cars.get(id);
      if (!car) return;
      const {trouble: _old, ...rest} = car;
      const now =
        'message' in answer
          ? {...car, trouble: answer}
          : {...rest, [what]: {value: value(answer.body), at: answer.at}};
      cars = new Map([...cars, [id, now]]);
      changed();
    },
  };
}
