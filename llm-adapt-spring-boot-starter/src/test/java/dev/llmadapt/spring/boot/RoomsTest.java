package dev.llmadapt.spring.boot;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What the starter may know. */
@AnalyzeClasses(
        packages = "dev.llmadapt.spring.boot",
        importOptions = {ImportOption.DoNotIncludeTests.class, ImportOption.DoNotIncludeJars.class})
class RoomsTest {
    @ArchTest
    static final ArchRule starterKnowsWhatItConfigures = classes()
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(
                    "java..",
                    "org.jspecify..",
                    "org.apache.commons.logging..",
                    "org.springframework..",
                    "io.micrometer..",
                    "dev.llmadapt",
                    "dev.llmadapt.local..",
                    "dev.llmadapt.micrometer",
                    "dev.llmadapt.observation",
                    "dev.llmadapt.peft",
                    "dev.llmadapt.pilot.saved",
                    "dev.llmadapt.rag..",
                    "dev.llmadapt.spring.."));

    /** Classes that an application may not have are in classes of their own, which are loaded where they are used. */
    @ArchTest
    static final ArchRule optionalModulesAreKnownToFew = noClasses()
            .that()
            .haveSimpleNameNotContaining("Index")
            .and()
            .doNotHaveSimpleName("Present")
            .should()
            .dependOnClassesThat(resideInAnyPackage("dev.llmadapt.rag.."));
}
