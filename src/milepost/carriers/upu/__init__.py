"""UPU EMSEVT: the events that postal operators exchange on international items."""
