package dev.llmadapt.heads;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The allowed dependencies of this module. */
@AnalyzeClasses(packages = "dev.llmadapt.heads", importOptions = ImportOption.DoNotIncludeTests.class)
class RoomsTest {
    /** A head needs no model of any kind, only what the API says of embedding models. */
    @ArchTest
    static final ArchRule headsKnowTheApiAlone = classes()
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(
                    "java..",
                    "org.jspecify..",
                    "com.google.gson..",
                    "de.bwaldvogel.liblinear..",
                    "dev.llmadapt",
                    "dev.llmadapt.files",
                    "dev.llmadapt.text",
                    "dev.llmadapt.heads"));

    @ArchTest
    static final ArchRule oneClassKnowsTheLibraryThatLearns = noClasses()
            .that(not(simpleName("Liblinear")))
            .should()
            .dependOnClassesThat(resideInAPackage("de.bwaldvogel.liblinear.."));
}
