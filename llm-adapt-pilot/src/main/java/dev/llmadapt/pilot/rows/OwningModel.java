package dev.llmadapt.pilot.rows;

import dev.llmadapt.Model;
import dev.llmadapt.ModelLayer;
import dev.llmadapt.Request;

/** An adapted model that closes the one below it, too. */
final class OwningModel extends ModelLayer {
    private final Model base; // below the adapted one

    OwningModel(Model adapted, Model base) {
        super(adapted);
        this.base = base;
    }

    @Override
    protected Request apply(Request request) {
        return request;
    }

    @Override
    protected void release() {
        try {
            base().close();
        } finally {
            base.close();
        }
    }
}
