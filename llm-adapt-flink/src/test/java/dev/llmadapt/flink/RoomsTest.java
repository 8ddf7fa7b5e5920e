package dev.llmadapt.flink;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The allowed dependencies of the module: of Flink, the packages that providers of models are written against. */
@AnalyzeClasses(
        packages = "dev.llmadapt.flink",
        importOptions = {ImportOption.DoNotIncludeTests.class, ImportOption.DoNotIncludeJars.class})
class RoomsTest {
    @ArchTest
    static final ArchRule onlyModelsStrategiesAndFlinksInterface = classes()
            .that()
            .resideInAPackage("dev.llmadapt.flink")
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(
                    "java..",
                    "org.slf4j..",
                    "org.jspecify..",
                    "org.apache.flink.configuration..",
                    "org.apache.flink.table.catalog",
                    "org.apache.flink.table.data",
                    "org.apache.flink.table.factories",
                    "org.apache.flink.table.functions",
                    "org.apache.flink.table.ml",
                    "org.apache.flink.table.types..",
                    "dev.llmadapt",
                    "dev.llmadapt.local",
                    "dev.llmadapt.local.source",
                    "dev.llmadapt.peft",
                    "dev.llmadapt.pilot.rows",
                    "dev.llmadapt.pilot.saved",
                    "dev.llmadapt.pilot.strategy",
                    "dev.llmadapt.flink"));
}
