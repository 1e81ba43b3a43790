package org.copybay.nativetest.tape;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * P1, P7: kill -9 of the daemon under a program that writes numbered records, and between the moves
 * of a changer. What was acknowledged is on the tape, which is in its drive still and holds whole
 * records; every cartridge is in one place. Then kill -9 of the program. More rounds by
 * -Dsoak.rounds=N, a failure again by -Dcopybay.seed=SEED (the moment of the kill differs).
 */
class TapeKillIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  private static final int ROUNDS = Integer.getInteger("soak.rounds", 3);

  /** Each round reads the whole tape, so that it must not grow for ever. */
  private static final int ROUNDS_OF_A_TAPE = 10;

  private final Vtl vtl = new Vtl(BAY);

  /** Object i of a tape: every fiftieth is a filemark, the others are records of any length. */
  private static final String OBJECTS =
      """
      import random
      def wanted(i):
          if i % 50 == 49:
              return None
          size = random.Random(i).choice([1, 80, 1000, 10240, 65536, 300001])
          return pattern(i, size)
      """;

  private static long seed(String what) {
    long seed = Long.getLong("copybay.seed", new Random().nextLong());
    System.err.println("TapeKillIT " + what + " rounds=" + ROUNDS + " seed=" + seed);
    return seed;
  }

  private static void awaitSomeBytes() {
    BAY.must("for i in $(seq 600); do test -s acknowledged && exit; sleep 0.05; done; exit 1");
  }

  @Test
  void everyAcknowledgedRecordIsThere() throws Exception {
    Random random = new Random(seed("records"));
    vtl.loaded(2, "20G");
    for (int round = 0; round < ROUNDS; round++) {
      BAY.must("rm -f acknowledged");
      if (round % ROUNDS_OF_A_TAPE == 0) {
        BAY.must("rm -f reached"); // over what is there
      }
      Process writer =
          vtl.startPython(
              OBJECTS
                  + """
                  fd = drive("nst0")
                  op(fd, EOM if os.path.exists("reached") else REW)
                  first = i = tell(fd)
                  log = os.open("acknowledged", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
                  while True:
                      data = wanted(i)
                      if data is None:
                          op(fd, WEOF)
                      else:
                          assert os.write(fd, data) == len(data)
                      os.write(log, b".")
                      i += 1
                  """);
      awaitSomeBytes();
      TimeUnit.MILLISECONDS.sleep(100 + random.nextInt(900));
      BAY.kill9();
      assertThat(writer.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(BAY.must("tail -n 1 err"))
          .matches("(OSError|ConnectionAbortedError): .*(not connected|abort|Input/output).*");
      BAY.must("$COPYBAY check $BAY");
      BAY.mount();
      vtl.python(
          OBJECTS
              + """
              fd = drive("nst0", os.O_RDONLY)
              assert status(fd)[1:] == (0, 0), status(fd)
              try:
                  before = int(open("reached").read())
              except FileNotFoundError:
                  before = 0
              least = before + os.stat("acknowledged").st_size
              image = open(os.environ["MNT"] + "/tapes/VT0001L8", "rb").read()
              i = -1
              for i, object in enumerate(records(image)):
                  assert object == wanted(i), i
              assert least <= i + 1 <= least + 1, (before, least, i + 1)
              op(fd, EOM)
              assert tell(fd) == i + 1
              open("reached", "w").write(str(i + 1))
              """);
      vtl.must("cmp $MNT/tapes/VT0001L8 $BAY/tapes/VT0001L8/tape.tap; mt rewind; mt fsf 1 || true");
    }
    System.err.println("TapeKillIT objects=" + BAY.must("cat reached; rm reached"));
  }

  @Test
  void everyCartridgeIsInOnePlace() throws Exception {
    Random random = new Random(seed("moves"));
    vtl.loaded(4, "20M");
    vtl.must("echo one >$N; x unload 1 0");
    for (int round = 0; round < ROUNDS; round++) {
      BAY.must("rm -f acknowledged");
      Process mover =
          vtl.start(
              """
              while true; do
                for s in 1 2; do
                  x load $s 0; x load $((s + 2)) 1; x transfer $s 9 2>/dev/null || true
                  x unload $s 0; x transfer $s 10; x transfer 10 $s; x unload $((s + 2)) 1
                  echo >>acknowledged
                done
              done
              """);
      awaitSomeBytes();
      TimeUnit.MILLISECONDS.sleep(random.nextInt(500));
      BAY.kill9();
      assertThat(mover.waitFor(30, TimeUnit.SECONDS)).isTrue();
      BAY.mount();
      vtl.must(
          """
          test "$($MTX $X list | cut -d: -f2 | sort | paste -sd' ')" \\
            = 'VT0001L8 VT0002L8 VT0003L8 VT0004L8'
          for d in 0 1; do
            s=$($MTX $X loaded 0 $N $d)
            if [ $s != 0 ]; then mt-st -f $D/nst$d status | grep -q BOT; x unload 0 $d; fi
          done
          s=$($MTX $X list | sed -n s/:VT0001L8//p); x load $s 0; cat $N | grep -qx one; x unload 1 0
          for s in 10 9; do
            if $MTX $X listall | grep -q "S:$s:F"; then
              x transfer $s $(comm -13 <($MTX $X list | cut -d: -f1 | sort) <(seq 4 | sort) | head -n 1)
            fi
          done
          """);
    }
  }

  @Test
  void aWriterThatIsKilledLeavesAWholeTape() throws Exception {
    Random random = new Random(seed("writers"));
    vtl.loaded(1, "20G");
    vtl.must("mt setblk 262144");
    for (int round = 0; round < ROUNDS; round++) {
      vtl.must(
          """
          mt rewind || mt rewind
          dd if=/dev/zero of=$N bs=1M status=none & pid=$!
          sleep 0.%d; kill -9 $pid; wait $pid || true
          st >after; mt tell >told
          grep -q 'block number=0,' after
          objects VT0001L8 >objects; tr ' ' '\\n' <objects | sort -u | paste -sd' ' | grep -qx '262144 FM'
          grep -qx "At block $(wc -w <objects)." told
          """
              .formatted(1 + random.nextInt(4)));
    }
    // a part of a block that was given up is told to the next one, once
    vtl.must("mt rewind || mt rewind; mt rewind; dd if=$N of=/dev/null bs=1M status=none");
  }
}
