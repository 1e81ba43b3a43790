package org.copybay.nativetest.quickopc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.copybay.nativetest.Needs;
import org.copybay.nativetest.Shell;
import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * PostgreSQL on ext4 on a loop device over the source, under load by pgbench: what the target shows
 * after each start is a database that recovers by itself, with good checksums and whole
 * transactions. More starts by -Dsoak.rounds=N.
 */
class PostgresIT {
  private static final int ROUNDS = Integer.getInteger("soak.rounds", 3);

  private static final String WORDS =
      """
      bin=$(dirname $(compgen -G '/usr/lib/postgresql/*/bin/pgbench' | tail -n 1))
      pg() { local it=$1; shift; setpriv --reuid=postgres --regid=postgres --clear-groups -- $bin/$it "$@"; }
      db() { # DIRECTORY PORT
        local o="-p $2 -k $T/sockets -c listen_addresses= -c shared_buffers=8MB -c max_wal_size=32MB"
        pg pg_ctl -D $1/data -l $1/log -w -t 120 -o "$o -c checkpoint_timeout=30s" start >/dev/null ||
          { cat $1/log >&2; return 1; }
      }
      sql() { pg psql -h $T/sockets -p $1 -At -v ON_ERROR_STOP=1 -c "$2" postgres; }
      let_go() { # DIRECTORY VOLUME
        umount $1
        while losetup -j $V/$2 | grep -q .; do sleep 0.05; done
      }
      """;

  @RegisterExtension final TestBay bay = TestBay.onDisk();
  private final OpcShell shell = new OpcShell(bay);

  private String must(String script) {
    return shell.must(WORDS + script);
  }

  @AfterEach
  void endServers() {
    bay.run(
        """
        touch stop
        for d in source target; do
          if [ -e $d/data/postmaster.pid ]; then kill -9 $(head -n 1 $d/data/postmaster.pid); fi
        done
        """);
  }

  @Test
  void whatTheTargetShowsIsADatabaseThatRecovers() throws IOException, InterruptedException {
    Needs.program("mkfs.ext4", "setpriv");
    Needs.postgres();
    Needs.loopDevice();
    must(
        """
        chmod 755 $T
        mkdir source target sockets
        chown postgres sockets
        for v in a b; do echo "create volume $v size=256M" >$C/ctl; done
        pair a b
        mkfs.ext4 -q $V/a
        mount -o loop $V/a source
        chown postgres source
        pg initdb -D $T/source/data -k --wal-segsize=1 -A trust -E UTF8 --locale=C >/dev/null
        db $T/source 5551
        pg pgbench -h $T/sockets -p 5551 -i -q -s 2 postgres 2>/dev/null
        """);
    Process load =
        bay.start(
            WORDS
                + """
                until [ -e stop ]; do
                  pg pgbench -h $T/sockets -p 5551 -n -c 4 -T 3 postgres
                done
                """);
    try {
      for (int round = 1; round <= ROUNDS; round++) {
        startUnderLoad(round == 1 ? "" : "-diff");
        checkTarget(round);
      }
      assertThat(load.isAlive()).as(() -> bay.run("cat out err").toString()).isTrue();
    } finally {
      bay.must("touch stop");
      load.waitFor(Shell.TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    }
    assertThat(load.exitValue()).as(() -> bay.run("cat out err").toString()).isZero();
    must(
        "pg pg_ctl -D $T/source/data -w -m fast stop >/dev/null; pg pg_checksums -c -D $T/source/data");
    must("let_go source a; e2fsck -fn $V/a");
  }

  private void startUnderLoad(String mode) {
    must(
        """
        before=$(sql 5551 'SELECT count(*) FROM pgbench_history')
        until [ $(sql 5551 'SELECT count(*) FROM pgbench_history') -gt $((before + 20)) ]; do
          sleep 0.1
        done
        sql 5551 'SELECT count(*) FROM pgbench_history' >committed
        q start group=a-b %s
        """
            .formatted(mode));
  }

  /** All that was committed before the start is there, and no transaction in part. */
  private void checkTarget(int round) {
    String got =
        must(
            """
            mount -o loop $V/b target
            rm target/data/postmaster.pid
            db $T/target 5552
            sql 5552 "SELECT (SELECT sum(bbalance) FROM pgbench_branches) =
                (SELECT sum(tbalance) FROM pgbench_tellers)
              AND (SELECT sum(bbalance) FROM pgbench_branches) =
                (SELECT sum(abalance) FROM pgbench_accounts)
              AND (SELECT sum(bbalance) FROM pgbench_branches) =
                (SELECT sum(delta) FROM pgbench_history)
              AND (SELECT count(*) FROM pgbench_history) >= $(cat committed)
              AND to_regclass('mine') IS NULL"
            sql 5552 'CREATE TABLE mine AS SELECT generate_series(1, 1000)' >/dev/null
            pg pg_ctl -D $T/target/data -w -m fast stop >/dev/null
            grep -q 'database system was not properly shut down; automatic recovery' target/log
            if tail -n +$(grep -n 'not properly shut down' target/log | tail -n 1 | cut -d: -f1) target/log |
                grep -E 'PANIC|FATAL|invalid page|could not'; then exit 1; fi
            pg pg_checksums -c -D $T/target/data | grep -q 'Bad checksums: *0'
            let_go target b
            e2fsck -fn $V/b >/dev/null
            """);
    assertThat(got).as("round " + round).isEqualTo("t");
  }
}
