package dev.llmadapt.peft;

import java.util.function.Predicate;

/** IA3. */
class Ia3AdapterTest extends AdapterContract {
    Ia3AdapterTest() {
        super("tiny-llama3", "ia3");
    }

    @Override
    boolean merges() {
        return true;
    }

    @Override
    Predicate<String> silenced() {
        return name -> name.endsWith("ia3_l");
    }

    @Override
    float nothing() {
        return 1;
    }
}
