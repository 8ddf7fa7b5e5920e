package dev.llmadapt.remote;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The allowed dependencies between the packages of the module. */
@AnalyzeClasses(packages = "dev.llmadapt.remote", importOptions = ImportOption.DoNotIncludeTests.class)
class RoomsTest {
    private static final String REMOTE = "dev.llmadapt.remote";

    @ArchTest
    static final ArchRule httpKnowsNoModels = classes()
            .that()
            .resideInAPackage(REMOTE + ".http")
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage("java..", "org.slf4j..", "org.jspecify..", REMOTE + ".http"));

    @ArchTest
    static final ArchRule bridgesKnowTheApiAlone = classes()
            .that()
            .resideInAPackage(REMOTE + ".bridge")
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(
                    "java..",
                    "org.jspecify..",
                    "com.google.gson..",
                    "dev.llmadapt",
                    "dev.llmadapt.text",
                    REMOTE + ".bridge"));

    @ArchTest
    static final ArchRule remoteModelsKnowTheApiAlone = classes()
            .that()
            .resideInAPackage(REMOTE)
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(
                    "java..",
                    "org.slf4j..",
                    "org.jspecify..",
                    "com.google.gson..",
                    "dev.llmadapt",
                    "dev.llmadapt.files",
                    "dev.llmadapt.observation",
                    "dev.llmadapt.text",
                    REMOTE + ".."));

    @ArchTest
    static final ArchRule onlyHttpOpensConnections = noClasses()
            .that()
            .resideInAPackage(REMOTE)
            .should()
            .dependOnClassesThat(resideInAPackage("java.net.http.."));
}
