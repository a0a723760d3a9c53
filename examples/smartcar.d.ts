// The official SDK ships no types: these are the few members that the example uses.
declare module 'smartcar' {
  class Vehicle {
    constructor(id: string, accessToken: string);
    odometer(): Promise<{distance: number}>;
    lock(): Promise<{status: string}>;
  }
  const smartcar: {Vehicle: typeof Vehicle};
  export default smartcar;
}
