package dev.llmadapt.cli;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The allowed dependencies between the packages of the module. */
@AnalyzeClasses(packages = "dev.llmadapt", importOptions = RoomsTest.NoTests.class)
class RoomsTest {
    private static final String CLI = "dev.llmadapt.cli";

    @ArchTest
    static final ArchRule noRoomKnowsTheRoot =
            noClasses().that().resideInAPackage(CLI + ".*..").should().dependOnClassesThat(resideInAPackage(CLI));

    @ArchTest
    static final ArchRule roomsHaveNoCycles =
            slices().matching(CLI + ".(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule onlyTheCommandLineKnowsPicocli = noClasses()
            .that()
            .resideOutsideOfPackage(CLI + "..")
            .should()
            .dependOnClassesThat(resideInAnyPackage("picocli..", CLI + ".."));

    @ArchTest
    static final ArchRule onlyMainIsPublic = classes()
            .that()
            .resideInAPackage(CLI)
            .and()
            .areTopLevelClasses()
            .and()
            .areNotAssignableTo(Main.class)
            .should()
            .notBePublic();

    /** Leaves out tests, wherever a build puts them. */
    static final class NoTests implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("/test-classes/");
        }
    }
}
