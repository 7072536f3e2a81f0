import { hearSignals } from "@watchword/process/early-signals";

hearSignals();
// Loading the rest is most of a start, and a signal to all replicas meets those that are just starting.
await import("./run.ts");
