package org.copybay.nativetest.tape;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * P6, P7: kill -9 of the daemon while a smart copy is at each tenth of its bytes, in turn to a
 * blank target and to one that holds something, and while a cartridge is restored. After the mount
 * the target is blank or complete, the source as it was; the job begins anew and completes. More
 * rounds by -Dsoak.rounds=N, a failure again by -Dcopybay.seed=SEED (the moment of the kill
 * differs).
 */
class SmartCopyKillIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  private static final int ROUNDS = Integer.getInteger("soak.rounds", 3);
  private static final int MIB = 12;

  private final Vault vault = new Vault(BAY);

  @Test
  void aTargetIsBlankOrCompleteAndItsJobBeginsAnew() throws Exception {
    long seed = Long.getLong("copybay.seed", new Random().nextLong());
    System.err.println("SmartCopyKillIT rounds=" + ROUNDS + " seed=" + seed);
    Random random = new Random(seed);
    vault.anew();
    vault.must(
        """
        head -c 8M /dev/urandom >data; seq 20000 >small
        put VT0001L8 data small data; cp $M/VT0001L8 before
        put VT0002L8 small; cp $M/VT0002L8 other
        """);
    for (int round = 0; round < ROUNDS; round++) {
      String when = "seed=%d round=%d".formatted(seed, round);
      switch (round % 3) {
        case 0 ->
            vault.must(
                "c tape copy from=VT0001L8 to=PH0001L8 rate=%dM id=k%d".formatted(MIB, round));
        case 1 ->
            vault.must(
                """
            c tape copy from=VT0002L8 to=PH0001L8 clear=yes id=o%2$d; well o%2$d
            c tape copy from=VT0001L8 to=PH0001L8 clear=yes rate=%1$dM id=k%2$d
            """
                    .formatted(MIB, round));
        default ->
            vault.must(
                "c tape restore barcode=VT0001L8 id=k%2$d; c rate job=k%2$d limit=%1$dM || true"
                    .formatted(MIB, round));
      }
      int tenth = ROUNDS < 10 ? random.nextInt(10) : round / 3 % 10;
      TimeUnit.MILLISECONDS.sleep(tenth * 250L + random.nextInt(250));
      BAY.kill9();
      BAY.must("$COPYBAY check $BAY");
      BAY.mount();
      look(when, round);
    }
  }

  private void look(String when, int round) {
    String rule =
        """
        whole() {
          case "$(stat -c %%s $M/PH0001L8)" in 0|$(stat -c %%s before)) ;; *) ls -l $M >&2; return 1 ;; esac
          cmp -n $(stat -c %%s $M/PH0001L8) before $M/PH0001L8
        }
        whole; cmp before $M/VT0001L8; cmp other $M/VT0002L8
        c rate job=k%1$d limit=0 2>/dev/null || true; whole; well k%1$d; cmp before $M/VT0001L8
        same VT0001L8 PH0001L8; test "$(ls $VAULT)" = "$(basename $VAULT/PH0001L8*)"
        test "$(of VT0001L8 job) $(of PH0001L8 job) $(of VT0001L8 copies)" = '- - 1'
        test "$(ls $BAY/tapes | wc -l)" = 2
        """
            .formatted(round);
    assertThat(vault.run(rule)).as(when).satisfies(result -> result.ok());
    if (round % 3 == 2) {
      vault.must(
          "c tape destroy barcode=PH0001L8; c tape add library=VAULT barcode=PH0001L8 capacity=200M");
    }
  }
}
