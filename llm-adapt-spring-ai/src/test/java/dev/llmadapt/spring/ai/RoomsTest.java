package dev.llmadapt.spring.ai;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What the bridges may know. */
@AnalyzeClasses(
        packages = "dev.llmadapt.spring.ai",
        importOptions = {ImportOption.DoNotIncludeTests.class, ImportOption.DoNotIncludeJars.class})
class RoomsTest {
    @ArchTest
    static final ArchRule bridgesKnowWhatTheyJoin = classes()
            .that()
            .resideInAPackage("dev.llmadapt.spring.ai")
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage(
                    "java..",
                    "org.jspecify..",
                    "com.google.gson..",
                    "org.springframework.ai..",
                    "org.springframework.util..",
                    "io.micrometer.observation..",
                    "reactor..",
                    "dev.llmadapt",
                    "dev.llmadapt.text",
                    "dev.llmadapt.remote.bridge",
                    "dev.llmadapt.rag.embedding",
                    "dev.llmadapt.rag.index",
                    "dev.llmadapt.rag.splitting",
                    "dev.llmadapt.spring.ai"));

    /** Who asks models alone has no stores, retrieval and index on the class path. */
    @ArchTest
    static final ArchRule modelsNeedNoRetrieval = noClasses()
            .that()
            .haveSimpleNameStartingWith("LlmAdaptChat")
            .or()
            .haveSimpleNameStartingWith("Chat")
            .or()
            .haveSimpleNameStartingWith("Model")
            .or()
            .haveSimpleName("SpringAiModel")
            .or()
            .haveSimpleName("LlmAdaptEmbeddingModel")
            .should()
            .dependOnClassesThat(resideInAnyPackage(
                    "org.springframework.ai.vectorstore..", "org.springframework.ai.rag..", "dev.llmadapt.rag.."));
}
