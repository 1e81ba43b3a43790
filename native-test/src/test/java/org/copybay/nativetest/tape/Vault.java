package org.copybay.nativetest.tape;

import java.io.IOException;
import org.copybay.nativetest.Shell;
import org.copybay.nativetest.TestBay;

/**
 * Smart copies in a test bay: the libraries VTL1, whose cartridges programs write, and VAULT, whose
 * cartridges lie in $VAULT, with the functions that scripts use.
 */
final class Vault {
  /**
   * of BARCODE KEY: what the status of a cartridge says; job ID KEY: that of a job; ended ID: waits
   * for its end, good or bad; well ID: for a good one; copying ID: until it has copied something;
   * noted BARCODE: until damage is noted; put BARCODE FILE...: files as tape files on a cartridge,
   * which is back in its slot then; same BARCODE BARCODE: both hold the same, and what lies in the
   * vault checks; blank BARCODE: it holds nothing, and has no files; requests: those of this test;
   * request N: word N of the last one; queued WORD: until that is in that state; slow: until it is
   * copied, and lets that go slowly at once, of which it starts no program; fresh: nothing is
   * there.
   */
  private static final String FUNCTIONS =
      """
      set -E; trap 'echo "not so: $BASH_COMMAND" >&2' ERR
      VAULT=$T/vault; M=$MNT/tapes; Q=$C/tape/queue
      of() { sed -n "s/^$2: //p" $C/tape/media/$1/status; }
      job() { sed -n "s/^$2: //p" $C/jobs/$1/status; }
      ended() { cat $C/jobs/$1/wait >/dev/null 2>&1 || true; }
      well() { cat $C/jobs/$1/wait >/dev/null || { cat $C/jobs/$1/status >&2; return 1; }; }
      await() { for i in $(seq 600); do if "$@"; then return 0; fi; sleep 0.1; done; echo "never: $*" >&2; return 1; }
      has_copied() { job $1 bytes_copied | grep -q '^[1-9]'; }
      copying() { await has_copied $1; job $1 state | grep -qx running; }
      is_noted() { of $1 damage | grep -q damaged; }
      noted() { await is_noted $1; }
      put() {
        local b=$1 f; shift
        c tape load barcode=$b drive=nst0
        for f in "$@"; do dd if=$f of=$N bs=64K status=none; done
        c tape unload drive=nst0
      }
      same() { cmp $M/$1 $M/$2; (cd $VAULT/$2* && sha256sum --quiet -c checksums && cmp tape.tap $M/$2); }
      blank() {
        test "$(of $1 blocks) $(of $1 copy_of) $(of $1 job)" = '0 - -'
        if compgen -G "$VAULT/$1*" >&2; then return 1; fi
      }
      requests() { awk -v before=$(cat $T/last_request) '$1 + 0 > before' $Q; }
      request() { requests | tail -n 1 | cut -d' ' -f$1; }
      in_state() { test "$(request 4)" = $1; }
      queued() { await in_state $1 || { cat $Q >&2; return 1; }; }
      asked() { request 6; }
      slow() {
        local number policy barcode state attempts job more end=$((SECONDS + 120))
        while ((SECONDS < end)); do
          while read -r number policy barcode state attempts job more; do
            if [[ $state = copying ]] && echo "rate job=$job limit=300K" >$C/ctl; then
              copying $job; echo $job >slow; return
            fi
          done <$Q
        done
        cat $Q >&2; return 1
      }
      fresh() {
        for p in $(ls $C/tape/policies); do c tape policy name=$p action=delete; done
        for j in $(ls $C/jobs | grep -vE '^(active|done|latest|list)'); do
          if grep -qE '^state: (queued|running|paused)' $C/jobs/$j/status; then
            echo "cancel job=$j" >$C/ctl || true; ended $j
          fi
        done
        for b in $(ls $C/tape/media); do c tape set barcode=$b protect=none; done
        new
        if mountpoint -q $VAULT; then umount -l $VAULT; fi
        rm -rf $VAULT
        tail -n 1 $Q | grep -o '^[0-9]*' >$T/last_request || echo 0 >$T/last_request
      }
      """;

  private final Vtl vtl;

  Vault(TestBay bay) {
    this.vtl = new Vtl(bay);
  }

  /** Takes away what another test of the class has left, and makes both libraries. */
  Vault anew() {
    return anew("mkdir $VAULT");
  }

  /**
   * The same.
   *
   * @param place script that makes the directory $VAULT
   */
  Vault anew(String place) {
    must("fresh");
    vtl.anew("drives=2 slots=20 mail=2");
    must(
        place
            + """

            c tape library name=VAULT type=destination path=$VAULT slots=40 drives=2
            c tape add library=VTL1 count=3 capacity=200M
            c tape add library=VAULT prefix=PH count=3 capacity=200M
            """);
    return this;
  }

  String must(String script) {
    return vtl.must(FUNCTIONS + script);
  }

  Shell.Result run(String script) {
    return vtl.run(FUNCTIONS + script);
  }

  String refused(String script) {
    return vtl.refused(FUNCTIONS + script);
  }

  Process start(String script) throws IOException {
    return vtl.start(FUNCTIONS + script);
  }

  /** What a cartridge says, by the key of its status. */
  String of(String barcode, String key) {
    return must("of " + barcode + " " + key);
  }

  /** What a job says, by the key of its status. */
  String job(String id, String key) {
    return must("job " + id + " " + key);
  }
}
