package org.copybay.fs.transport.dev;

import java.util.concurrent.atomic.LongAdder;

/** The counts that the workers of a session share. */
final class Counters {
  final LongAdder requests = new LongAdder();
  final LongAdder failures = new LongAdder();
  final LongAdder bytesRead = new LongAdder();
  final LongAdder bytesWritten = new LongAdder();
}
