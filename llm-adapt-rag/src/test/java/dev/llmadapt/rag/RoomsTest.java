package dev.llmadapt.rag;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The allowed dependencies between the packages of the module. The root package may import every other. */
@AnalyzeClasses(packages = "dev.llmadapt", importOptions = ImportOption.DoNotIncludeTests.class)
class RoomsTest {
    private static final String RAG = "dev.llmadapt.rag.";

    @ArchTest
    static final ArchRule noRoomKnowsTheRoot = noClasses()
            .that()
            .resideInAPackage(RAG + "*..")
            .should()
            .dependOnClassesThat(resideInAPackage("dev.llmadapt.rag"));

    @ArchTest
    static final ArchRule noCyclesBetweenRooms =
            slices().matching(RAG + "(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule aRoomKnowsWhatItIsMadeOf = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("http")
            .definedBy(RAG + "http")
            .layer("documents")
            .definedBy(RAG + "documents")
            .layer("splitting")
            .definedBy(RAG + "splitting")
            .layer("embedding")
            .definedBy(RAG + "embedding")
            .layer("index")
            .definedBy(RAG + "index")
            .layer("factcheck")
            .definedBy(RAG + "factcheck")
            .layer("retrieval")
            .definedBy(RAG + "retrieval")
            .layer("evaluation")
            .definedBy(RAG + "evaluation")
            .whereLayer("http")
            .mayNotAccessAnyLayer()
            .whereLayer("documents")
            .mayOnlyAccessLayers("http")
            .whereLayer("splitting")
            .mayOnlyAccessLayers("documents")
            .whereLayer("embedding")
            .mayOnlyAccessLayers("splitting")
            .whereLayer("index")
            .mayOnlyAccessLayers("documents", "splitting", "embedding")
            .whereLayer("factcheck")
            .mayNotAccessAnyLayer()
            .whereLayer("retrieval")
            .mayOnlyAccessLayers("splitting", "embedding", "index", "factcheck")
            .whereLayer("evaluation")
            .mayOnlyAccessLayers("splitting", "index");

    @ArchTest
    static final ArchRule onlyEmbeddingKnowsTheEngineAndTheTokenizerLibrary = noClasses()
            .that()
            .resideOutsideOfPackages(RAG + "embedding", "dev.llmadapt.natives")
            .should()
            .dependOnClassesThat(resideInAnyPackage("ai.onnxruntime..", "ai.djl.."));

    @ArchTest
    static final ArchRule onlyTheIndexKnowsLucene = noClasses()
            .that()
            .resideOutsideOfPackage(RAG + "index")
            .should()
            .dependOnClassesThat(resideInAPackage("org.apache.lucene.."));

    @ArchTest
    static final ArchRule onlyDocumentsKnowTheParsers = noClasses()
            .that()
            .resideOutsideOfPackage(RAG + "documents")
            .should()
            .dependOnClassesThat(resideInAnyPackage("org.jsoup..", "org.apache.pdfbox.."));

    @ArchTest
    static final ArchRule onlyDocumentsAndTheirHttpKnowTheNetwork = noClasses()
            .that()
            .resideInAPackage(RAG + ".") // not those of the API's tests, which drive a browser
            .and()
            .resideOutsideOfPackages(RAG + "documents", RAG + "http")
            .should()
            .dependOnClassesThat(resideInAPackage("java.net.http.."));

    @ArchTest
    static final ArchRule retrievalKnowsNoOtherModule = noClasses()
            .that()
            .resideInAPackage("dev.llmadapt.rag..")
            .should()
            .dependOnClassesThat(resideInAnyPackage(
                    "dev.llmadapt.local..",
                    "dev.llmadapt.peft..",
                    "dev.llmadapt.prompting..",
                    "dev.llmadapt.pilot..",
                    "dev.llmadapt.cli.."));
}
