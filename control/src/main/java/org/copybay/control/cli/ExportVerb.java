package org.copybay.control.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.Callable;
import org.copybay.volumes.Fault;
import org.copybay.volumes.StorageException;
import org.copybay.volumes.Words;
import org.copybay.volumes.store.FileFailure;
import org.copybay.volumes.store.HomeFile;
import org.copybay.volumes.store.NativeFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code copybay export}: the file is opened here, never in the daemon. */
@Command(
    name = "export",
    description = {
      "Write a volume, as it is or as a point in time keeps it, to a raw image.",
      "The file has its name when all of it is on the disk; holes stay holes. A volume that is"
          + " written meanwhile wants a point: freeze it and export POINT/VOLUME.",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  copybay export payroll payroll.img",
      "  copybay export monday/payroll - | zstd > monday.img.zst",
    })
final class ExportVerb implements Callable<Integer> {
  private static final int ZEROS_BYTES = 64 * 1024;

  @Mixin private WhichBay which;

  @Parameters(index = "0", paramLabel = "NAME", description = "A volume, or POINT/VOLUME.")
  private String name;

  @Parameters(
      index = "1",
      paramLabel = "FILE",
      description = "The file to make, readable by its owner only; - is standard output.")
  private Path file;

  @Option(names = "--force", description = "Take the place of a file that is there.")
  private boolean force;

  @Override
  public Integer call() throws StorageException {
    ControlFiles bay = which.open();
    try (HomeFile source = HomeFile.openForReading(image(bay), 0);
        Bar bar = new Bar(name)) {
      long size = source.size();
      if (file.toString().equals("-")) {
        return toOutput(source, size, bar);
      }
      toFile(source, size, bar);
      return Output.print(
          "exported " + Words.word(name) + " to " + file + ", " + size + " bytes\n");
    }
  }

  private Path image(ControlFiles bay) throws StorageException {
    int slash = name.indexOf('/');
    if (slash < 0) {
      requireNoPoint(bay);
      bay.require("volume", name, "volumes");
      return bay.volume(name);
    }
    String point = name.substring(0, slash);
    String volume = name.substring(slash + 1);
    bay.require("point", point, "points");
    bay.require("volume of point " + Words.word(point), volume, "points", point, "changed");
    return bay.mountPoint().resolve("points").resolve(point).resolve(volume);
  }

  private void requireNoPoint(ControlFiles bay) throws StorageException {
    if (!bay.names("volumes").contains(name) && bay.names("points").contains(name)) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          Words.word(name) + " is a point in time, wanted a volume of it",
          "copybay export " + Words.shell(Path.of(name, "VOLUME")) + " FILE");
    }
  }

  private int toOutput(HomeFile source, long size, Bar bar) throws StorageException {
    if (Output.isTerminal(1)) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          "standard output is a terminal",
          "copybay export " + Words.word(name) + " FILE");
    }
    try {
      Copying.image(source, size, new Stream(), at -> bar.show("", at, size));
      return ExitStatus.DONE;
    } catch (StorageException e) {
      if (e.getCause() instanceof IOException closed && Output.closed(closed)) {
        return ExitStatus.NO_READER;
      }
      throw e;
    }
  }

  private void toFile(HomeFile source, long size, Bar bar) throws StorageException {
    Path target = target();
    Path partial =
        target.resolveSibling(
            "." + target.getFileName() + "." + ProcessHandle.current().pid() + ".exporting");
    try (HomeFile made = HomeFile.create(partial);
        Unfinished unfinished = new Unfinished(partial)) {
      made.setSize(size);
      Copying.image(source, size, new Copying.NewFile(made), at -> bar.show("", at, size));
      made.flush();
      giveName(partial, target, unfinished);
    } catch (StorageException e) {
      throw new StorageException(
          e.fault(),
          "export of " + Words.word(name) + ": " + e.getMessage() + "; no " + file + " was made",
          e.remedy(),
          e);
    }
    try {
      NativeFile.syncEntry(target);
    } catch (StorageException e) {
      throw new StorageException(
          e.fault(),
          file + " is complete, but a loss of power may take its name: " + e.getMessage(),
          "sync " + file,
          e);
    }
  }

  /** A second name, unlike a rename, takes the place of nothing that came meanwhile. */
  private void giveName(Path partial, Path target, Unfinished unfinished) throws StorageException {
    try {
      if (!force) {
        Files.createLink(target, partial);
        return; // the first one goes as that of an unfinished file does
      }
    } catch (FileAlreadyExistsException e) {
      throw isThere();
    } catch (IOException e) {
      StorageException why = FileFailure.of("name " + target, e);
      if (why.fault() != Fault.STORE_FAILED) {
        throw why;
      }
      requireFree(target); // a file system without links, most likely
    }
    try {
      Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
      unfinished.done();
    } catch (IOException e) {
      throw FileFailure.of("rename " + partial + " to " + target, e);
    }
  }

  /** Where the file will be, without symbolic links. */
  private Path target() throws StorageException {
    Path whole = file.toAbsolutePath();
    Path parent = whole.getParent();
    if (parent == null || Files.isDirectory(whole)) {
      throw new StorageException(
          Fault.BAD_REQUEST, file + " is a directory", "a file in it: " + file.resolve("NAME.img"));
    }
    if (!Files.isDirectory(parent)) {
      throw new StorageException(Fault.NOT_FOUND, "no directory " + parent, "mkdir -p " + parent);
    }
    if (!Files.exists(whole)) {
      return whole;
    }
    if (!Files.isRegularFile(whole)) {
      throw new StorageException(
          Fault.BAD_REQUEST,
          file + " is no plain file",
          "copybay export " + Words.word(name) + " - > " + file);
    }
    requireFree(whole);
    try {
      return whole.toRealPath();
    } catch (IOException e) {
      throw FileFailure.of("look at " + file, e);
    }
  }

  private void requireFree(Path target) throws StorageException {
    if (!force && Files.exists(target)) {
      throw isThere();
    }
  }

  private StorageException isThere() {
    return new StorageException(Fault.EXISTS, file + " is there already", "--force replaces it");
  }

  /** Standard output: holes are zeros. */
  private static final class Stream implements Copying.Sink {
    private final WritableByteChannel out = Channels.newChannel(Output.stream());
    private final ByteBuffer zeros = ByteBuffer.allocateDirect(ZEROS_BYTES);

    @Override
    public void data(long offset, ByteBuffer bytes) throws StorageException {
      try {
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
      } catch (IOException e) {
        throw FileFailure.of("write to standard output", e);
      }
    }

    @Override
    public void hole(long offset, long length) throws StorageException {
      for (long left = length; left > 0; left -= zeros.limit()) {
        data(0, zeros.clear().limit((int) Math.min(ZEROS_BYTES, left)));
      }
    }
  }
}
