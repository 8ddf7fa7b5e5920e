package dev.llmadapt.server;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The allowed dependencies between the packages of the module. */
@AnalyzeClasses(packages = "dev.llmadapt.server", importOptions = ImportOption.DoNotIncludeTests.class)
class RoomsTest {
    private static final String SERVER = "dev.llmadapt.server";

    @ArchTest
    static final ArchRule roomsHaveNoCycles =
            slices().matching(SERVER + ".(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule roomsDoNotKnowTheRoot =
            noClasses().that().resideInAPackage(SERVER + ".*..").should().dependOnClassesThat(resideInAPackage(SERVER));

    @ArchTest
    static final ArchRule theSeamKnowsNoModel = classes()
            .that()
            .resideInAPackage(SERVER + ".http")
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(
                            "java..",
                            "javax.net.ssl..",
                            "org.jspecify..",
                            "org.slf4j..",
                            "com.sun.net.httpserver..",
                            SERVER + ".http")
                    .or(simpleName("JsonSchema"))); // for writing a text as JSON

    @ArchTest
    static final ArchRule onlyTheSeamKnowsTheJdksServer = noClasses()
            .that()
            .resideOutsideOfPackage(SERVER + ".http")
            .should()
            .dependOnClassesThat(resideInAPackage("com.sun.net.httpserver.."));

    @ArchTest
    static final ArchRule metricsKnowNobody = classes()
            .that()
            .resideInAPackage(SERVER + ".metrics")
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage("java..", "org.jspecify..", SERVER + ".metrics"));

    @ArchTest
    static final ArchRule theCatalogKnowsNoHttp = noClasses()
            .that()
            .resideInAPackage(SERVER + ".catalog")
            .should()
            .dependOnClassesThat(resideInAPackage(SERVER + ".*").and(not(resideInAPackage(SERVER + ".catalog"))));

    @ArchTest
    static final ArchRule adaptersAreReadByWhoeverStartsTheServer =
            noClasses().should().dependOnClassesThat(resideInAnyPackage("dev.llmadapt.peft..", "dev.llmadapt.pilot.."));
}
