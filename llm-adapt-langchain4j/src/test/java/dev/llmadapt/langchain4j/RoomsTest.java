package dev.llmadapt.langchain4j;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The allowed dependencies between the packages of the module. */
@AnalyzeClasses(
        packages = "dev.llmadapt.langchain4j",
        importOptions = {ImportOption.DoNotIncludeTests.class, ImportOption.DoNotIncludeJars.class})
class RoomsTest {
    private static final String LANGCHAIN4J = "dev.llmadapt.langchain4j";

    @ArchTest
    static final ArchRule theStoreKnowsNoOtherRoom = classes()
            .that()
            .resideInAPackage(LANGCHAIN4J + ".store")
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(
                    "java..",
                    "org.jspecify..",
                    "com.google.gson..",
                    "org.apache.lucene..",
                    "dev.langchain4j..",
                    "dev.llmadapt",
                    LANGCHAIN4J + ".store"));

    @ArchTest
    static final ArchRule bridgesKnowWhatTheyJoin = classes()
            .that()
            .resideInAPackage(LANGCHAIN4J)
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(
                    "java..",
                    "org.slf4j..",
                    "org.jspecify..",
                    "com.google.gson..",
                    "dev.langchain4j..",
                    "dev.llmadapt",
                    "dev.llmadapt.text",
                    "dev.llmadapt.remote.bridge",
                    "dev.llmadapt.local",
                    "dev.llmadapt.rag.embedding",
                    LANGCHAIN4J));

    @ArchTest
    static final ArchRule onlyThePublishedInterfaceOfLangChain4j = noClasses()
            .that()
            .resideInAPackage(LANGCHAIN4J + "..")
            .should()
            .dependOnClassesThat(resideInAPackage("dev.langchain4j.internal.."));
}
