package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A database on a file system in a volume. */
class SqliteIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  @Test
  void survivesARemount() {
    Needs.program("sqlite3", "mkfs.ext4");
    BAY.must(
        """
        truncate -s 48M $V/disk; mkfs.ext4 -q $V/disk; mkdir fs; mount -o loop $V/disk fs
        sqlite3 fs/db 'pragma journal_mode=wal; create table t(id integer primary key, h text);'
        for round in {1..10}; do
          sqlite3 fs/db "with recursive n(i) as (select 1 union all select i + 1 from n where i < 500)
            insert into t(h) select hex(randomblob(50)) from n;
            update t set h = h || 'x' where id % 7 = $((round % 7));
            delete from t where id % 13 = $((round % 13));"
        done
        sqlite3 fs/db 'select count(*), sum(length(h)) from t' | tee before
        umount fs
        while losetup -j $V/disk | grep -q .; do sleep 0.05; done
        """);
    BAY.remount();

    BAY.must("e2fsck -fn $V/disk; mount -o loop $V/disk fs");
    assertThat(BAY.must("sqlite3 fs/db 'pragma integrity_check'")).isEqualTo("ok");
    BAY.must(
        """
        sqlite3 fs/db 'select count(*), sum(length(h)) from t' | diff before -
        umount fs
        while losetup -j $V/disk | grep -q .; do sleep 0.05; done
        """);
  }
}
