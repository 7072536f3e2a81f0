import { outliveHangUps } from "@watchword/process/hang-ups";

outliveHangUps();
// Loading the rest is most of a start, and a SIGHUP to all replicas meets those that are just starting.
await import("./run.ts");
