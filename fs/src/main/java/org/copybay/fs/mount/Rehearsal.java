package org.copybay.fs.mount;

import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.copybay.control.report.Caller;
import org.copybay.control.tree.ControlDirectory;
import org.copybay.control.tree.ControlFile;
import org.copybay.control.tree.ControlHandle;
import org.copybay.control.tree.ControlNode;
import org.copybay.control.tree.ControlTree;
import org.copybay.control.tree.MountFacts;
import org.copybay.control.tree.OpenMode;
import org.copybay.copy.CopyServices;
import org.copybay.fs.node.BayHandler;
import org.copybay.fs.node.Owner;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.bay.Bay;
import org.copybay.volumes.bay.BayOpener;
import org.copybay.volumes.journal.RecoverMode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does without a mount what a daemon does at its start, so that the launcher can record which
 * classes that needs; see find_java in libexec/jvm.
 */
final class Rehearsal {
  private static final Logger LOG = LoggerFactory.getLogger(Rehearsal.class);
  private static final Caller CALLER = new Caller(0, 0, 1);
  private static final int CACHE_BYTES = 1 << 20;
  private static final String CLASS = ".class";

  private Rehearsal() {}

  /** Makes a bay in an empty directory, opens it, and reads what its control tree shows. */
  static void run(Path directory) throws StorageException, IOException, ClassNotFoundException {
    loadOwnClasses();
    Clock clock = Clock.systemUTC();
    BayOpener.init(directory, clock);
    try (Bay bay = BayOpener.open(directory, false, RecoverMode.AUTO, CACHE_BYTES, clock)) {
      CopyServices copy = CopyServices.open(bay);
      copy.start();
      MountFacts facts =
          new MountFacts(
              "/", () -> "dev", "", Main.number(), CALLER.uid(), CALLER.uid(), clock.instant());
      ControlTree control = ControlTree.open(bay, copy, facts, clock);
      new BayHandler(bay, copy, control, new Owner(0, 0, false, false), false).destroy();
      command(control.root(), "create volume rehearsal size=64K");
      read(control.root());
      copy.scheduler().close();
      copy.safeguarded().close();
      copy.jobs().close();
      copy.sets().close();
    }
  }

  /** Those of the four modules; others are loaded as these need them. */
  private static void loadOwnClasses() throws IOException, ClassNotFoundException {
    for (Class<?> one :
        List.of(Main.class, ControlTree.class, CopyServices.class, StorageException.class)) {
      URL jar = one.getProtectionDomain().getCodeSource().getLocation();
      try (JarFile file = new JarFile(Path.of(URI.create(jar.toString())).toFile())) {
        for (JarEntry entry : (Iterable<JarEntry>) file.stream()::iterator) {
          String name = entry.getName();
          if (name.endsWith(CLASS) && !name.contains("-info")) {
            String binary = name.substring(0, name.length() - CLASS.length()).replace('/', '.');
            LOG.debug("{}", Class.forName(binary, false, Rehearsal.class.getClassLoader()));
          }
        }
      }
    }
  }

  private static void command(ControlDirectory root, String line) throws StorageException {
    try (ControlHandle handle = ((ControlFile) root.lookup("ctl")).open(CALLER, OpenMode.WRITE)) {
      handle.write(0, ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
    }
  }

  private static void read(ControlDirectory root) throws StorageException {
    ByteBuffer buffer = ByteBuffer.allocate(CACHE_BYTES);
    for (ControlNode node : root.list()) {
      if (node instanceof ControlFile file && !file.streaming()) {
        try (ControlHandle handle = file.open(CALLER, OpenMode.READ)) {
          LOG.debug("{}", handle.read(0, buffer.clear()));
        }
      }
    }
  }
}
