package dev.llmadapt.peft.runtime;

/** A graph that the engine has made ready, through the Java interface or the C one. */
sealed interface Session extends AutoCloseable permits OnnxSession, DeviceSession {
    @Override
    void close();
}
