package dev.llmadapt.local.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProcessorsTest {
    @TempDir
    Path root;

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private OptionalDouble quota() {
        return Processors.quota(root);
    }

    @Test
    void quota_ofVersion2_isTheSmallestOnTheWayUp() throws IOException {
        write("proc/self/cgroup", "0::/pod/container\n");
        write("sys/fs/cgroup/pod/container/cpu.max", "150000 100000\n");
        write("sys/fs/cgroup/pod/cpu.max", "50000 100000\n");
        assertThat(quota()).hasValue(0.5);
    }

    @Test
    void quota_ofAContainersOwnView_isAtTheTop() throws IOException {
        write("proc/self/cgroup", "0::/\n");
        write("sys/fs/cgroup/cpu.max", "200000 100000\n");
        assertThat(quota()).hasValue(2);
        write("proc/self/cgroup", "0::/../../elsewhere\n");
        assertThat(quota()).hasValue(2);
    }

    @Test
    void quota_ofAPathThatIsOutside_isAtTheTop() throws IOException {
        write("proc/self/cgroup", "4:cpu,cpuacct:/docker/1234\n3:memory:/docker/1234\n");
        write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "25000\n");
        write("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "50000\n");
        assertThat(quota()).hasValue(0.5);
    }

    @Test
    void quota_unlimited_isEmpty() throws IOException {
        assertThat(quota()).isEmpty();
        write("proc/self/cgroup", "0::/\n2:cpu:/\n");
        write("sys/fs/cgroup/cpu.max", "max 100000\n");
        write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n");
        write("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
        assertThat(quota()).isEmpty();
        write("sys/fs/cgroup/cpu.max", "no numbers here\n");
        assertThat(quota()).isEmpty();
    }

    @Test
    void maySpin_lessThanAProcessorEach_isFalse() {
        assertThat(new Processors(1, OptionalDouble.of(0.5)).maySpin(1)).isFalse();
        assertThat(new Processors(2, OptionalDouble.of(1.5)).maySpin(2)).isFalse();
        assertThat(new Processors(2, OptionalDouble.of(2)).maySpin(2)).isTrue();
        assertThat(new Processors(2, OptionalDouble.of(2)).maySpin(3)).isFalse();
        assertThat(new Processors(2, OptionalDouble.empty()).maySpin(8)).isTrue();
    }

    @Test
    void of_threads_spinsAsTheProcessorsAllow() {
        assertThat(Execution.of(1).spinning()).isEqualTo(Processors.ofProcess().maySpin(1));
    }
}
