package dev.llmadapt.peft;

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
    private static final String PEFT = "dev.llmadapt.peft";

    @ArchTest
    static final ArchRule roomsHaveNoCycles =
            slices().matching(PEFT + ".(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule roomsDoNotKnowTheRoot =
            noClasses().that().resideInAPackage(PEFT + ".*..").should().dependOnClassesThat(resideInAPackage(PEFT));

    @ArchTest
    static final ArchRule nobodyKnowsTheEngine = noClasses()
            .that()
            .resideInAPackage(PEFT + "..")
            .should()
            .dependOnClassesThat(resideInAnyPackage("ai.onnxruntime..", "ai.djl..", "dev.llmadapt.prompting.."));

    @ArchTest
    static final ArchRule localModelsKnowNoAdapterFormat = noClasses()
            .that()
            .resideInAPackage("dev.llmadapt.local..")
            .should()
            .dependOnClassesThat(resideInAPackage(PEFT + ".."));
}
