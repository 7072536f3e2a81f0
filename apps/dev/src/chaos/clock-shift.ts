// Preloaded (`--import`) into a process whose node has a wrong clock: all that asks JavaScript for the time is told
// one that is CLOCK_SHIFT_MS off. Timers and monotonic clocks go on as they do on such a node.
const shiftMs = Number(process.env["CLOCK_SHIFT_MS"] ?? 0);
const RealDate = Date;
const realNow = RealDate.now.bind(RealDate);
const shiftedNow = () => realNow() + shiftMs;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args: unknown[], newTarget) =>
    Reflect.construct(target, args.length === 0 ? [shiftedNow()] : args, newTarget) as Date,
  apply: () => new RealDate(shiftedNow()).toString(),
  get: (target, property, receiver) =>
    property === "now" ? shiftedNow : (Reflect.get(target, property, receiver) as unknown),
});
