package dev.llmadapt.micrometer;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The allowed dependencies of the module. */
@AnalyzeClasses(
        packages = "dev.llmadapt.micrometer",
        importOptions = {ImportOption.DoNotIncludeTests.class, ImportOption.DoNotIncludeJars.class})
class RoomsTest {
    private static final String MICROMETER = "dev.llmadapt.micrometer";

    @ArchTest
    static final ArchRule metricsKnowListenersAndLocalModels = classes()
            .that()
            .resideInAPackage(MICROMETER)
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(
                    "java..",
                    "org.jspecify..",
                    "io.micrometer.core.instrument..",
                    "dev.llmadapt",
                    "dev.llmadapt.observation",
                    "dev.llmadapt.local",
                    MICROMETER));

    @ArchTest
    static final ArchRule theListenerWorksWithoutLocalModels = classes()
            .that()
            .haveSimpleName("MetricsListener")
            .or()
            .haveSimpleName("GenAiMeter")
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(
                    "java..",
                    "org.jspecify..",
                    "io.micrometer.core.instrument..",
                    "dev.llmadapt.observation",
                    MICROMETER));
}
