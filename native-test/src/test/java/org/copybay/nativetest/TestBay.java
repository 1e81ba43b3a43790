package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A bay of its own and its mount, made for a test and always taken away after it.
 *
 * <pre>
 * {@literal @}RegisterExtension static final TestBay BAY = TestBay.onDisk();   // one for the class
 * {@literal @}RegisterExtension final TestBay bay = TestBay.onTmpfs("64m");    // one for each test
 * try (TestBay other = TestBay.onDisk().open()) { ... }                        // one more
 *
 * BAY.must("cp --sparse=always $T/image $V/disk && cmp $T/image $V/disk");
 * </pre>
 *
 * Scripts see {@code $T} (a scratch directory on disk, where they also start), {@code $BAY}, {@code
 * $MNT}, {@code $V} (the volumes), {@code $C} (the control files) and {@code $COPYBAY} (the
 * launcher). A test that ended without its mount finds it mounted again by the next test. When a
 * test fails, the end of the daemon's log is printed.
 */
public final class TestBay
    implements BeforeAllCallback,
        BeforeEachCallback,
        AfterTestExecutionCallback,
        AfterEachCallback,
        AfterAllCallback,
        AutoCloseable {
  public static final Path COPYBAY =
      Path.of(System.getProperty("copybay.root"), "copybay").normalize();

  /**
   * In daemons that live for seconds the second compiler takes as long as all the rest; what runs
   * long (soak.rounds) runs as the product does.
   */
  private static final String JAVA_OPTIONS =
      Integer.getInteger("soak.rounds", 0) > 0 ? "-ea" : "-ea -XX:TieredStopAtLevel=1";

  private static final Set<TestBay> OPEN = ConcurrentHashMap.newKeySet();

  static {
    // A run that is interrupted leaves no mount behind either.
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> OPEN.forEach(TestBay::close), "unmount-test-bays"));
  }

  private final String fileSystem;
  private final String size;
  private final Map<String, String> extraEnvironment = new TreeMap<>();
  private String options = "";
  private boolean sharedByTheClass;
  private Path scratch;

  private TestBay(String fileSystem, String size) {
    this.fileSystem = fileSystem;
    this.size = size;
  }

  /** A bay in /var/tmp, which is no tmpfs on an ordinary machine. */
  public static TestBay onDisk() {
    return new TestBay("", "");
  }

  /** A bay on a tmpfs of its own; sizes as in mount(8): 64m. */
  public static TestBay onTmpfs(String size) {
    return new TestBay("tmpfs", size);
  }

  /** A bay on an ext4 of its own in a loop-mounted file; sizes as in truncate(1): 64M. */
  public static TestBay onExt4(String size) {
    return new TestBay("ext4", size);
  }

  /** A bay on an xfs of its own in a loop-mounted file; not below 300M. */
  public static TestBay onXfs(String size) {
    return new TestBay("xfs", size);
  }

  /** Options for every mount, as after -o: {@code ro,allow_other}. */
  public TestBay withOptions(String words) {
    options = words;
    return this;
  }

  /** A variable for every script and for the daemon. */
  public TestBay withEnvironment(String name, String value) {
    extraEnvironment.put(name, value);
    return this;
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    open();
    sharedByTheClass = true;
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    if (!sharedByTheClass) {
      open();
    } else if (daemon().isEmpty()) {
      mount();
    }
  }

  @Override
  public void afterTestExecution(ExtensionContext context) {
    if (context.getExecutionException().isPresent()) {
      printTroubles(context.getDisplayName());
    }
  }

  @Override
  public void afterEach(ExtensionContext context) {
    if (!sharedByTheClass) {
      close();
    }
  }

  @Override
  public void afterAll(ExtensionContext context) {
    close();
  }

  /** Makes the directories, the file system below and the bay, and mounts it. */
  public TestBay open() {
    make();
    mount();
    return this;
  }

  /** Makes the directories, the file system below and the bay, and does not mount it. */
  public TestBay make() {
    makePlaces();
    must("$COPYBAY init $BAY");
    return this;
  }

  /** Makes the directories and the file system below, for a test that makes the bay itself. */
  public TestBay makePlaces() {
    Needs.fuse();
    Needs.root();
    try {
      scratch = Files.createTempDirectory(Path.of("/var/tmp"), "copybay-it-");
      OPEN.add(this);
      Files.createDirectory(scratch.resolve("mnt"));
      Files.createDirectory(below());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (fileSystem.equals("tmpfs")) {
      must("mount -t tmpfs -o size=" + size + " copybay-test $BELOW");
    } else if (!fileSystem.isEmpty()) {
      must(
          "truncate -s %2$s below.img; mkfs.%1$s -q %3$s below.img; mount -o loop below.img $BELOW"
              .formatted(fileSystem, size, fileSystem.equals("ext4") ? "-b 4096" : ""));
    }
    return this;
  }

  /** Unmounts, ends the daemon if it is still there, and removes everything. */
  @Override
  public void close() {
    if (scratch == null) {
      return;
    }
    run(
        """
        # What a failed test left mounted, newest first, then its loop devices.
        tac /proc/self/mounts | cut -d' ' -f2 | grep "^$T/" | grep -vFx -e $MNT -e $BELOW |
          while read -r place; do umount "$place" || umount -l "$place"; done || true
        losetup -nlO NAME,BACK-FILE | grep -F " $MNT/" | while read -r loop file; do
          losetup -d "$loop"
        done || true
        """);
    daemon().ifPresent(this::unmountAndWait);
    // What follows has nothing to do after a good unmount.
    run(
        "while mountpoint -q $MNT || grep -q \" $MNT \" /proc/self/mounts; do umount -l $MNT; done");
    daemon().ifPresent(TestBay::end);
    run("if mountpoint -q $BELOW; then umount $BELOW || umount -l $BELOW; fi");
    String left = Shell.run("rm -rf --one-file-system " + scratch).err();
    OPEN.remove(this);
    scratch = null;
    assertThat(left).as("what could not be removed").isEmpty();
  }

  /** Without the verb of the launcher, which starts a Java. */
  private void unmountAndWait(ProcessHandle daemon) {
    run("for turn in $(seq 20); do umount $MNT && break; sleep 0.25; done");
    daemon.onExit().completeOnTimeout(daemon, 60, TimeUnit.SECONDS).join();
  }

  /** Mounts with the options of {@link #withOptions}. */
  public TestBay mount() {
    tryMount().ok();
    return this;
  }

  /** Asks for a mount that may be refused. */
  public Shell.Result tryMount() {
    return run("$COPYBAY mount $BAY $MNT" + (options.isEmpty() ? "" : " -o " + options));
  }

  /**
   * Unmounts and waits for the daemon to end. Tests beside this one look at every bay of the
   * machine, and copy its mounts to namespaces of their own: for a moment they keep this one busy,
   * or alive.
   */
  public void umount() {
    Optional<ProcessHandle> daemon = daemon();
    Shell.Result result =
        run(
            """
            for turn in $(seq 20); do
              said=$($COPYBAY umount $MNT 2>&1) && exit
              case $said in *"target is busy"*) sleep 0.25 ;; *) break ;; esac
            done
            echo "$said" >&2
            exit 1
            """);
    if (!result.err().contains("is also in the mount namespace of")) {
      result.ok();
    }
    daemon.ifPresent(TestBay::awaitEnd);
  }

  /** Unmounts and mounts again: nothing comes from the kernel's page cache of the mount then. */
  public void remount() {
    umount();
    mount();
  }

  /** Ends the daemon as kill -9 does; the mount stays, dead. */
  public void kill9() {
    end(daemon().orElseThrow());
  }

  /** Whether an error of a file below the mount says that the daemon is gone. */
  public static boolean isGone(IOException e) {
    String why = String.valueOf(e.getMessage());
    return why.contains("not connected") || why.contains("connection abort");
  }

  /** The daemon that serves this bay: the process with the bay's path among its arguments. */
  public Optional<ProcessHandle> daemon() {
    String words = "\0serve\0" + bay() + "\0";
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      return processes
          .filter(process -> process.getFileName().toString().matches("[0-9]+"))
          .filter(process -> commandLine(process).contains(words))
          .flatMap(
              process ->
                  ProcessHandle.of(Long.parseLong(process.getFileName().toString())).stream())
          .findFirst();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Shell.Result run(String script) {
    return run(script, Shell.TIMEOUT);
  }

  public Shell.Result run(String script, Duration timeout) {
    return Shell.run("cd $T\n" + script, environment(), timeout);
  }

  /** Runs a script that must succeed; returns what it printed, without the last line end. */
  public String must(String script) {
    return run(script).ok();
  }

  /** Runs a script that must fail; returns what it printed on standard error. */
  public String refused(String script) {
    return run(script).refused();
  }

  /** Starts a script and does not wait; its output goes to {@code $T/out} and {@code $T/err}. */
  public Process start(String script) throws IOException {
    return Shell.start(
        "cd $T\n" + script, environment(), scratch.resolve("out"), scratch.resolve("err"));
  }

  /** Writes one command to .control/ctl; it must be taken. */
  public void command(String line) {
    must("echo '" + line + "' >$C/ctl || { cat $C/last_error >&2; exit 1; }");
  }

  public String lastError() {
    return must("cat $C/last_error");
  }

  /** The value after {@code key:} in the status of a volume. */
  public String status(String volume, String key) {
    return must("sed -n 's/^" + key + ": *//p' $C/volumes/" + volume + "/status");
  }

  public Path scratch() {
    return scratch;
  }

  public Path below() {
    return scratch.resolve("below");
  }

  public Path bay() {
    return below().resolve("bay");
  }

  public Path mountPoint() {
    return scratch.resolve("mnt");
  }

  public Path volume(String name) {
    return mountPoint().resolve("volumes").resolve(name);
  }

  public Map<String, String> environment() {
    Map<String, String> variables = new TreeMap<>(extraEnvironment);
    variables.put("T", scratch.toString());
    variables.put("BELOW", below().toString());
    variables.put("BAY", bay().toString());
    variables.put("MNT", mountPoint().toString());
    variables.put("V", mountPoint().resolve("volumes").toString());
    variables.put("C", mountPoint().resolve(".control").toString());
    variables.put("COPYBAY", COPYBAY.toString());
    variables.put("COPYBAY_BUILD", "no");
    variables.merge("COPYBAY_JAVA_OPTS", JAVA_OPTIONS, (given, usual) -> usual + " " + given);
    return variables;
  }

  /** Prints what the daemon said, and where its threads stand. */
  public void printTroubles(String test) {
    Shell.Result log =
        run(
            """
            for log in $BAY/log/*; do echo "--- $log"; tail -n 80 "$log"; done
            for pid in %s; do kill -CONT "$pid"; echo "--- threads"; timeout 10 jstack "$pid" || true; done
            """
                .formatted(daemon().map(daemon -> "" + daemon.pid()).orElse("")));
    System.err.println("=== " + test + ": the bay " + bay() + "\n" + log.out() + log.err());
  }

  public static void awaitEnd(ProcessHandle process) {
    try {
      process.onExit().get(180, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError("the daemon did not end: pid=" + process.pid(), e);
    }
  }

  private static void end(ProcessHandle process) {
    process.destroyForcibly();
    awaitEnd(process);
  }

  private static String commandLine(Path process) {
    try {
      return Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return ""; // It ended meanwhile.
    }
  }

  /** All that is mounted below a directory, for a test that leaves nothing mounted. */
  public static List<String> mountsBelow(Path directory) {
    return Shell.run("grep -F ' " + directory + "/' /proc/self/mounts || true")
        .out()
        .lines()
        .toList();
  }
}
