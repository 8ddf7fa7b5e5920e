package dev.llmadapt.pilot;

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
@AnalyzeClasses(packages = "dev.llmadapt.pilot", importOptions = RoomsTest.NoTests.class)
class RoomsTest {
    private static final String PILOT = "dev.llmadapt.pilot";

    @ArchTest
    static final ArchRule noRoomKnowsTheRoot =
            noClasses().that().resideInAPackage(PILOT + ".*..").should().dependOnClassesThat(resideInAPackage(PILOT));

    @ArchTest
    static final ArchRule roomsHaveNoCycles =
            slices().matching(PILOT + ".(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule thePilotKnowsNoCommandLine = noClasses()
            .that()
            .resideInAPackage(PILOT + "..")
            .should()
            .dependOnClassesThat(resideInAnyPackage("picocli..", "dev.llmadapt.cli.."));

    @ArchTest
    static final ArchRule statisticsKnowNumbersAlone = classes()
            .that()
            .resideInAPackage(PILOT + ".statistics")
            .should()
            .onlyDependOnClassesThat(resideInAnyPackage("java..", "org.jspecify..", PILOT + ".statistics"));

    @ArchTest
    static final ArchRule onlyJunitKnowsJunit = noClasses()
            .that()
            .resideOutsideOfPackage(PILOT + ".junit")
            .should()
            .dependOnClassesThat(resideInAPackage("org.junit.."));

    /** Leaves out tests, wherever a build puts them. */
    static final class NoTests implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("/test-classes/") && !location.contains("-tests.jar");
        }
    }
}
