package org.copybay.nativetest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * Runs bash scripts as a person would type them. Each runs under {@code set -euo pipefail}, reads
 * nothing, and is killed with its children when its time is over (which fails the test). A script
 * with an assertion that can never fail is not run: see {@link #requireNoLostNegation}.
 */
public final class Shell {
  public static final Duration TIMEOUT = Duration.ofMinutes(10);

  private static final Pattern STATEMENT_END = Pattern.compile("[;\n]");
  private static final Pattern NEGATION = Pattern.compile("(.*(\\bdo|\\bthen|\\belse|\\{) +)?! .*");
  private static final Pattern CONDITION_END = Pattern.compile("(do|then)\\b.*");

  private Shell() {}

  /** What a script left: its exit status and what it printed. */
  public record Result(String script, int status, String out, String err) {

    /** Asserts status 0; returns what was printed, without the last line end. */
    public String ok() {
      assertThat(status).as("exit status of %s", this).isZero();
      return out.stripTrailing();
    }

    /** Asserts another status than 0; returns what was printed on standard error. */
    public String refused() {
      assertThat(status).as("exit status of %s", this).isNotZero();
      return err;
    }

    @Override
    public String toString() {
      return "<<%s>> status=%d out=<<%s>> err=<<%s>>".formatted(script, status, out, err);
    }
  }

  public static Result run(String script) {
    return run(script, Map.of());
  }

  public static Result run(String script, Map<String, String> environment) {
    return run(script, environment, TIMEOUT);
  }

  public static Result run(String script, Map<String, String> environment, Duration timeout) {
    try {
      Path out = Files.createTempFile("copybay-out", "");
      Path err = Files.createTempFile("copybay-err", "");
      try {
        Process process = start(script, environment, out, err);
        boolean ended = process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
        if (!ended) {
          process.descendants().forEach(ProcessHandle::destroyForcibly);
          process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }
        Result result = new Result(script, ended ? process.exitValue() : -1, text(out), text(err));
        assertThat(ended).as("ended within %s: %s", timeout, result).isTrue();
        return result;
      } finally {
        Files.delete(out);
        Files.delete(err);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted: " + script, e);
    }
  }

  /** What is no UTF-8 becomes a question mark. */
  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }

  /**
   * Refuses a script in which a statement {@code ! command} is not the last: {@code set -e} passes
   * over it, so that it asserts nothing. The condition of an if or a loop may be one. Quotes are
   * not looked at, so that a script inside of the script is held to the same rule.
   *
   * @throws IllegalArgumentException with the statement
   */
  static void requireNoLostNegation(String script) {
    List<String> statements =
        STATEMENT_END
            .splitAsStream(script)
            .map(String::strip)
            .filter(statement -> !statement.isEmpty() && !statement.startsWith("#"))
            .toList();
    for (int i = 0; i < statements.size() - 1; i++) {
      String next = statements.get(i + 1);
      boolean lastOfItsScript = next.equals("'");
      if (NEGATION.matcher(statements.get(i)).matches()
          && !lastOfItsScript
          && !CONDITION_END.matcher(next).matches()) {
        throw new IllegalArgumentException(
            "<<%s>> asserts nothing before <<%s>>, since set -e passes over it; write: %s"
                .formatted(statements.get(i), next, "if command; then exit 1; fi"));
      }
    }
  }

  /**
   * Starts a script and does not wait; its output goes to the two files.
   *
   * @throws IllegalArgumentException for an assertion that can never fail
   */
  public static Process start(String script, Map<String, String> environment, Path out, Path err)
      throws IOException {
    requireNoLostNegation(script);
    ProcessBuilder builder = new ProcessBuilder("bash", "-c", "set -euo pipefail\n" + script);
    builder.environment().putAll(environment);
    builder.environment().put("LC_ALL", "C.UTF-8");
    builder.environment().merge("PATH", "/usr/sbin:/sbin", (path, sbin) -> path + ":" + sbin);
    return builder
        .redirectInput(new File("/dev/null"))
        .redirectOutput(out.toFile())
        .redirectError(err.toFile())
        .start();
  }
}
