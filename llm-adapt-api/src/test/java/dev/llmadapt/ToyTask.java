package dev.llmadapt;

import java.util.List;

/** A small classification task, the kind of a thing, that {@link ToyModel} solves when it is shown examples. */
public final class ToyTask {
    private ToyTask() {}

    /** Twelve training examples of three labels, and four passages. */
    public static Task task() {
        return Task.classification(
                        "kinds",
                        "Say what kind of thing it is.",
                        List.of("animal", "plant", "tool"),
                        List.of(
                                new Example("1", "the dog barks at night", "animal"),
                                new Example("2", "an oak sheds its leaves", "plant"),
                                new Example("3", "a hammer drives a nail", "tool"),
                                new Example("4", "my cat purrs on the sofa", "animal"),
                                new Example("5", "a rose blooms in june", "plant"),
                                new Example("6", "the saw cuts a plank", "tool"),
                                new Example("7", "a horse gallops over the field", "animal"),
                                new Example("8", "the fern grows in shade", "plant"),
                                new Example("9", "use a drill for this hole", "tool"),
                                new Example("10", "one cow gives milk", "animal"),
                                new Example("11", "moss covers the stone", "plant"),
                                new Example("12", "a wrench turns the bolt", "tool")))
                .withCorpus(List.of(
                        new Passage("p1", "Dogs", "The dog is a domesticated animal that barks.", 0),
                        new Passage("p2", "Oaks", "The oak is a tree, a plant that sheds leaves.", 0),
                        new Passage("p3", "Hammers", "The hammer is a tool to drive a nail.", 0),
                        new Passage("p4", "Rain", "Rain falls from clouds.", 0)));
    }

    /** Nine cases none of which is a training example, each sharing its telling word with one. */
    public static List<Example> test() {
        return List.of(
                new Example("t1", "which dog is yours", "animal"),
                new Example("t2", "leaves of green oak", "plant"),
                new Example("t3", "his hammer is heavy", "tool"),
                new Example("t4", "that cat sleeps", "animal"),
                new Example("t5", "she picked every rose", "plant"),
                new Example("t6", "sharpen your saw", "tool"),
                new Example("t7", "ride his horse", "animal"),
                new Example("t8", "water that fern", "plant"),
                new Example("t9", "charge your drill", "tool"));
    }
}
