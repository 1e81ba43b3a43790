package org.copybay.nativetest.tape;

import static org.assertj.core.api.Assertions.assertThat;

import org.copybay.nativetest.TestBay;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** P1: a write is one record, of whatever length and from wherever in memory; or some blocks. */
class RecordIT {
  @RegisterExtension static final TestBay BAY = TestBay.onDisk();

  private final Vtl vtl = new Vtl(BAY);

  @BeforeEach
  void load() {
    vtl.loaded(2, "200M");
  }

  @Test
  void aWriteIsOneRecordFromAnyPlaceInMemory() {
    vtl.python(
        """
        SIZES = (1, 2, 511, 512, 4095, 4096, 65535, 65536, 126977, 131072, 131073, 262144, 524288,
                 1044479, 1044480)
        wanted = [pattern(i, size) for i, size in enumerate(SIZES)]
        fd = drive("nst0")
        for offset in 0, 16, 4095:
            op(fd, REW)
            for data in wanted:
                assert write(fd, Buffer(len(data), offset).put(data)) == len(data), (offset, len(data))
            assert tell(fd) == len(SIZES)
            op(fd, REW)
            for target in 0, 1, 4095:
                buffer = Buffer(1044480, target)
                for data in wanted:
                    n = read(fd, buffer)
                    assert n == len(data) and buffer.get(n) == data, (offset, target, len(data), n)
                assert read(fd, buffer) == 0
                op(fd, REW)
            # into a buffer of just that length
            for data in wanted:
                buffer = Buffer(len(data), offset)
                assert read(fd, buffer) == len(data) and buffer.get(len(data)) == data
            image = open(os.environ["MNT"] + "/tapes/VT0001L8", "rb").read()
            assert list(records(image)) == wanted + [None]
        """);
  }

  @Test
  void aRecordHasALimitAndReadersToo() {
    vtl.python(
        """
        fd = drive("nst0")
        for offset in 0, 16, 4095:
            assert error(write, fd, Buffer(1044481, offset)) == "EINVAL"
            assert error(write, fd, Buffer(3000000, offset)) == "EINVAL"
        assert write(fd, Buffer(0x1000), 0) == 0
        assert tell(fd) == 0 and status(fd)[1:] == (0, 0)
        write(fd, Buffer(1000).put(pattern(1, 1000)))
        write(fd, Buffer(2000).put(pattern(2, 2000)))
        op(fd, REW)
        # the rest of a record that is longer than the read is passed
        assert error(read, fd, Buffer(999)) == "ENOMEM"
        assert status(fd)[1:] == (0, 1)
        assert read(fd, Buffer(0x1000), 0) == 0
        whole = Buffer(3000000)
        assert read(fd, whole) == 2000 and whole.get(2000) == pattern(2, 2000)
        """);
    assertThat(vtl.must("why")).isEqualTo("nst0: record 0 has 1000 bytes, the program read 999");
  }

  @Test
  void theEndOfTheDataIsToldOnceBehindAFilemark() {
    vtl.python(
        """
        fd = drive("nst0")
        b = Buffer(100)
        for i in range(2):
            write(fd, b)
        op(fd, WEOF)
        write(fd, b)
        os.close(fd)

        fd = drive("nst0", os.O_RDONLY)
        op(fd, REW)
        assert [error(read, fd, b) for i in range(8)] == [100, 100, 0, 100, 0, 0, "EIO", "EIO"]
        os.close(fd)

        # not behind a filemark it is an error at once; a read behind a write puts none there
        fd = drive("nst0")
        op(fd, REW)
        write(fd, b)
        assert [error(read, fd, b) for i in range(3)] == ["EIO"] * 3, tell(fd)
        os.close(fd)
        fd = drive("nst0")
        op(fd, REW)
        op(fd, ERASE)
        assert error(read, fd, b) == "EIO"
        assert error(write, drive("nst1", os.O_RDONLY | os.O_NONBLOCK), b) == "EBADF"
        """);
  }

  @Test
  void positionsOfTheFileCountForNothing() {
    vtl.python(
        """
        fd = drive("nst0")
        for i in range(5):
            write(fd, Buffer(1000).put(pattern(i, 1000)))
        assert error(os.lseek, fd, 0, os.SEEK_SET) == "ESPIPE"
        assert error(os.pread, fd, 1000, 0) == "ESPIPE"
        assert error(os.pwrite, fd, b"x", 0) == "ESPIPE"
        op(fd, REW)
        op(fd, FSF + 2, 3)  # three records
        assert os.read(fd, 1000) == pattern(3, 1000)
        op(fd, BSR, 2)
        assert os.read(fd, 1000) == pattern(2, 1000)
        # a write cuts what is behind it
        os.write(fd, b"end")
        op(fd, REW)
        assert [len(os.read(fd, 5000)) for i in range(5)] == [1000, 1000, 1000, 3, 0]
        os.fsync(fd)
        other = os.dup(fd)
        os.close(fd)
        assert status(other)[1:] == (1, 0)
        """);
  }

  @Test
  void blocksAreCutFromWritesOfAnyLength() {
    vtl.must(
        """
        head -c 12M /dev/urandom >big
        mt setblk 262144; dd if=big of=$N bs=1M status=none
        test "$(objects VT0001L8)" = "$(yes 262144 | head -n 48 | paste -sd' ') FM"
        mt rewind; dd if=$N bs=512k status=none | cmp - big
        mt rewind; dd if=$N bs=1000k status=none | cmp - big
        mt rewind; tar -b 512 -cf $N big; mt rewind; tar -b 512 -df $N
        """);
    assertThat(vtl.must("objects VT0001L8 | tr ' ' '\\n' | sort -u | paste -sd' '"))
        .isEqualTo("262144 FM");
  }

  @Test
  void blocksFromAnyPlaceInMemory() {
    vtl.python(
        """
        fd = drive("nst0")
        for block, count in (262144, 16), (512, 4096), (1048576, 3), (100000, 31), (4194304, 1):
            op(fd, SETBLK, block)
            data = os.urandom(block * count)
            for offset in 0, 16, 4095:
                op(fd, REW)
                assert write(fd, Buffer(len(data), offset).put(data)) == len(data)
                op(fd, WEOF)
                assert write(fd, Buffer(block)) == block
                op(fd, REW)
                buffer = Buffer(len(data) + 5 * block, offset)
                got = b"" # the last block before a filemark may come by itself
                for length in iter(lambda: read(fd, buffer), 0):
                    got += buffer.get(length)
                assert got == data, (block, offset, len(got))
                image = open(os.environ["MNT"] + "/tapes/VT0001L8", "rb").read()
                assert [len(each) for each in records(image) if each] == [block] * (count + 1)
        """);
  }

  @Test
  void whatIsNoBlockIsRefused() {
    vtl.python(
        """
        fd = drive("nst0")
        write(fd, Buffer(700))
        op(fd, WEOF)
        op(fd, SETBLK, 512)
        assert error(write, fd, Buffer(1000)) == "EINVAL"
        assert tell(fd) == 2
        assert write(fd, Buffer(1024)) == 1024
        op(fd, REW)
        # a record of another size: an error, and the tape stands before it
        assert error(read, fd, Buffer(1024)) == "EIO"
        assert tell(fd) == 0
        op(fd, SETBLK, 0)
        assert read(fd, Buffer(1024)) == 700
        """);
    assertThat(vtl.must("why"))
        .isEqualTo("nst0: record 0 has 700 bytes, the drive is set to blocks of 512");
  }
}
