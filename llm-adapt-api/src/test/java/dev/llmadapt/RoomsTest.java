package dev.llmadapt;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The allowed dependencies between the packages of this module. */
@AnalyzeClasses(packages = "dev.llmadapt", importOptions = ImportOption.DoNotIncludeTests.class)
class RoomsTest {
    private static final String ROOMS = "dev.llmadapt.*..";

    /** The rule has one exception: every package may throw the library's root exception, which callers catch. */
    @ArchTest
    static final ArchRule noRoomKnowsTheRoot = noClasses()
            .that()
            .resideInAPackage(ROOMS)
            .should()
            .dependOnClassesThat(resideInAPackage("dev.llmadapt").and(not(type(LlmAdaptException.class))));

    @ArchTest
    static final ArchRule noCyclesBetweenRooms =
            slices().matching("dev.llmadapt.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule theApiNeedsNoLibraryButItsLogger = classes()
            .that()
            .resideInAPackage("dev.llmadapt")
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage("java..", "org.slf4j..", "org.jspecify..", "dev.llmadapt"));

    @ArchTest
    static final ArchRule onlyNativesKnowTheEngine = noClasses()
            .that()
            .resideOutsideOfPackage("dev.llmadapt.natives")
            .should()
            .dependOnClassesThat(resideInAnyPackage("ai.onnxruntime..", "ai.djl..", "com.sun.jna.."));
}
