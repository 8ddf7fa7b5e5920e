package dev.llmadapt.spark;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The allowed dependencies of the module: of Spark, the packages that its documentation has. */
@AnalyzeClasses(
        packages = "dev.llmadapt.spark",
        importOptions = {ImportOption.DoNotIncludeTests.class, ImportOption.DoNotIncludeJars.class})
class RoomsTest {
    @ArchTest
    static final ArchRule onlyModelsStrategiesAndSparksInterface = classes()
            .that()
            .resideInAPackage("dev.llmadapt.spark")
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(
                    "java..",
                    "scala",
                    "scala.reflect",
                    "org.jspecify..",
                    "org.apache.spark",
                    "org.apache.spark.api.java..",
                    "org.apache.spark.broadcast",
                    "org.apache.spark.sql",
                    "org.apache.spark.sql.types",
                    "org.apache.spark.util",
                    "dev.llmadapt",
                    "dev.llmadapt.pilot.rows",
                    "dev.llmadapt.pilot.saved",
                    "dev.llmadapt.spark"));
}
