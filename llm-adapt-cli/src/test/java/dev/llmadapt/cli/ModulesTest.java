package dev.llmadapt.cli;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows between modules, which point down: the picture in the README. */
@AnalyzeClasses(packages = "dev.llmadapt", importOptions = ImportOption.DoNotIncludeTests.class)
class ModulesTest {
    @ArchTest
    static final ArchRule arrowsPointDown = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("api")
            .definedBy(
                    "dev.llmadapt",
                    "dev.llmadapt.files..",
                    "dev.llmadapt.natives..",
                    "dev.llmadapt.observation..",
                    "dev.llmadapt.text..")
            .layer("heads")
            .definedBy("dev.llmadapt.heads..")
            .layer("distillation")
            .definedBy("dev.llmadapt.distillation..")
            .layer("prompting")
            .definedBy("dev.llmadapt.prompting..")
            .layer("remote")
            .definedBy("dev.llmadapt.remote..")
            .optionalLayer("local")
            .definedBy("dev.llmadapt.local..")
            .layer("peft")
            .definedBy("dev.llmadapt.peft..")
            .layer("rag")
            .definedBy("dev.llmadapt.rag..")
            .layer("pilot")
            .definedBy("dev.llmadapt.pilot..")
            .layer("server")
            .definedBy("dev.llmadapt.server..")
            .layer("cli")
            .definedBy("dev.llmadapt.cli..")
            .whereLayer("api")
            .mayNotAccessAnyLayer()
            .whereLayer("heads")
            .mayOnlyAccessLayers("api")
            .whereLayer("distillation")
            .mayOnlyAccessLayers("api")
            .whereLayer("prompting")
            .mayOnlyAccessLayers("api")
            .whereLayer("remote")
            .mayOnlyAccessLayers("api")
            .whereLayer("local")
            .mayOnlyAccessLayers("api", "prompting")
            .whereLayer("peft")
            .mayOnlyAccessLayers("api", "prompting", "local")
            .whereLayer("rag")
            .mayOnlyAccessLayers("api")
            .whereLayer("pilot")
            .mayOnlyAccessLayers("api", "distillation", "heads", "prompting", "local", "peft", "rag")
            .whereLayer("server")
            .mayOnlyAccessLayers("api", "prompting", "local", "rag")
            .whereLayer("cli")
            .mayNotBeAccessedByAnyLayer();
}
