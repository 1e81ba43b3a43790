package org.copybay.fs;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/**
 * The rules of structure that no compiler holds: the total order of the modules, and what only one
 * package may touch. It stands in fs because fs sees all modules.
 */
class ModuleOrderTest {

  /** The total order; a module may use the ones before it. */
  private static final List<String> MODULES = List.of("volumes", "copy", "control", "fs");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("org.copybay");

  @Test
  void aModuleUsesOnlyTheModulesBeforeIt() {
    for (int index = 0; index < MODULES.size() - 1; index++) {
      String[] later =
          MODULES.subList(index + 1, MODULES.size()).stream()
              .map(module -> "org.copybay." + module + "..")
              .toArray(String[]::new);

      check(
          noClasses()
              .that()
              .resideInAPackage("org.copybay." + MODULES.get(index) + "..")
              .should()
              .dependOnClassesThat()
              .resideInAnyPackage(later)
              .because("the modules stand in the order " + MODULES));
    }
  }

  @Test
  void everyClassBelongsToOneOfTheModules() {
    String[] known =
        MODULES.stream().map(module -> "org.copybay." + module + "..").toArray(String[]::new);

    check(noClasses().should().resideOutsideOfPackages(known));
  }

  @Test
  void noPackageIsNamedAfterAKindOfCode() {
    check(
        noClasses()
            .should()
            .resideInAnyPackage(
                "..impl..", "..util..", "..common..", "..model..", "..service..", "..manager..")
            .because("a package is named after what it holds"));
  }

  @Test
  void onlyTheTransportKnowsTheFuseBinding() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage("org.copybay.fs.transport..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("ru.serce.."));
    check(
        noClasses()
            .that()
            .resideOutsideOfPackages("org.copybay.volumes..", "org.copybay.fs.transport..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("jnr.."));
  }

  @Test
  void onlyTheStoreOpensFilesForTheirBytes() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage("org.copybay.volumes.store..")
            .should()
            .dependOnClassesThat()
            .areAssignableTo(FileChannel.class)
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(RandomAccessFile.class));
  }

  @Test
  void timeIsPassedIn() {
    check(
        noClasses()
            .should()
            .callMethod(Thread.class, "sleep", long.class)
            .orShould()
            .callMethod(Thread.class, "sleep", long.class, int.class)
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .because("a test must be able to turn the clock"));
  }

  @Test
  void nobodyLogsThroughJavaUtilLogging() {
    check(noClasses().should().dependOnClassesThat().resideInAPackage("java.util.logging.."));
  }

  @Test
  void everyPackageIsNullMarked() {
    check(
        classes()
            .should(
                new ArchCondition<JavaClass>("stand in a package marked with @NullMarked") {
                  @Override
                  public void check(JavaClass item, ConditionEvents events) {
                    JavaPackage home = item.getPackage();
                    if (!home.isAnnotatedWith(NullMarked.class)) {
                      events.add(
                          SimpleConditionEvent.violated(
                              item, home.getName() + " has no package-info.java with @NullMarked"));
                    }
                  }
                }));
  }

  private static void check(ArchRule rule) {
    rule.allowEmptyShould(true).check(CLASSES);
  }
}
