package dev.llmadapt.rag.opensearch;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The allowed dependencies of the module, which is one package, on those of retrieval. */
@AnalyzeClasses(packages = "dev.llmadapt.rag.opensearch", importOptions = ImportOption.DoNotIncludeTests.class)
class RoomsTest {
    @ArchTest
    static final ArchRule theClusterKnowsTheIndexAndWhatItIsMadeOf = noClasses()
            .should()
            .dependOnClassesThat(resideInAnyPackage(
                    "dev.llmadapt.rag",
                    "dev.llmadapt.rag.documents",
                    "dev.llmadapt.rag.retrieval",
                    "dev.llmadapt.rag.evaluation",
                    "dev.llmadapt.rag.factcheck"));

    @ArchTest
    static final ArchRule theClusterKnowsNoEngine = noClasses()
            .should()
            .dependOnClassesThat(resideInAnyPackage("org.apache.lucene..", "ai.onnxruntime..", "ai.djl.."));
}
