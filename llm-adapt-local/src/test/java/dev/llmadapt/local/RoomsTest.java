package dev.llmadapt.local;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The allowed dependencies between the packages of the module. */
@AnalyzeClasses(packages = "dev.llmadapt", importOptions = ImportOption.DoNotIncludeTests.class)
class RoomsTest {
    private static final String LOCAL = "dev.llmadapt.local";
    private static final String NATIVES = "dev.llmadapt.natives";

    @ArchTest
    static final ArchRule roomsHaveNoCycles =
            slices().matching(LOCAL + ".(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule roomsDoNotKnowTheRoot =
            noClasses().that().resideInAPackage(LOCAL + ".*..").should().dependOnClassesThat(resideInAPackage(LOCAL));

    @ArchTest
    static final ArchRule onlyTheRuntimeKnowsTheEngine = noClasses()
            .that()
            .resideOutsideOfPackages(LOCAL + ".runtime", NATIVES)
            .should()
            .dependOnClassesThat(resideInAPackage("ai.onnxruntime.."));

    @ArchTest
    static final ArchRule onlyDecodingKnowsTheTokenizerLibrary = noClasses()
            .that()
            .resideOutsideOfPackages(LOCAL + ".decoding", NATIVES)
            .should()
            .dependOnClassesThat(resideInAPackage("ai.djl.."));

    @ArchTest
    static final ArchRule graphsKnowNoCheckpoint = noClasses()
            .that()
            .resideInAPackage(LOCAL + ".graph")
            .should()
            .dependOnClassesThat(resideInAPackage(LOCAL + ".checkpoint"));

    @ArchTest
    static final ArchRule theRuntimeKnowsNoText = noClasses()
            .that()
            .resideInAPackage(LOCAL + ".runtime")
            .should()
            .dependOnClassesThat(resideInAnyPackage("dev.llmadapt.prompting..", "ai.djl.."));

    @ArchTest
    static final ArchRule constraintsKnowNoOtherRoom = noClasses()
            .that()
            .resideInAPackage(LOCAL + ".constraint")
            .should()
            .dependOnClassesThat(resideInAPackage(LOCAL + ".*").and(not(resideInAPackage(LOCAL + ".constraint"))));

    @ArchTest
    static final ArchRule modulesBelowKnowNoLocalModels = noClasses()
            .that()
            .resideInAnyPackage(
                    "dev.llmadapt",
                    "dev.llmadapt.files..",
                    "dev.llmadapt.natives..",
                    "dev.llmadapt.prompting..",
                    "dev.llmadapt.text..")
            .should()
            .dependOnClassesThat(resideInAPackage(LOCAL + ".."));
}
