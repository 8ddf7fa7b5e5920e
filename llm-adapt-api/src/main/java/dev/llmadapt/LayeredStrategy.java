package dev.llmadapt;

/** Two strategies applied one after the other; the model it returns owns both layers. */
record LayeredStrategy(Strategy inner, Strategy outer) implements Strategy {
    @Override
    public String name() {
        return inner.name() + " + " + outer.name();
    }

    @Override
    public Model adapt(Model model, Task task, Progress progress) {
        Model innerModel = inner.adapt(model, task, progress);
        try {
            return new LayeredModel(innerModel, outer.adapt(innerModel, task, progress));
        } catch (RuntimeException | Error e) {
            innerModel.close();
            throw e;
        }
    }

    /** The outer model; closing it closes the inner one too. */
    private static final class LayeredModel extends ModelLayer {
        private final Model inner;

        LayeredModel(Model inner, Model outer) {
            super(outer);
            this.inner = inner;
        }

        @Override
        protected void release() {
            try {
                base().close();
            } finally {
                inner.close();
            }
        }
    }
}
