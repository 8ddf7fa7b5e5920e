package dev.llmadapt.distillation;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The allowed dependencies of this module. */
@AnalyzeClasses(packages = "dev.llmadapt.distillation", importOptions = ImportOption.DoNotIncludeTests.class)
class RoomsTest {
    /** Teacher and student may be any model and strategy, so nothing is known of their kinds. */
    @ArchTest
    static final ArchRule distillationKnowsTheApiAlone = classes()
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(
                    "java..",
                    "org.jspecify..",
                    "com.google.gson..",
                    "dev.llmadapt",
                    "dev.llmadapt.files",
                    "dev.llmadapt.text",
                    "dev.llmadapt.distillation"));
}
