"""DHL Express: XML-PI tracking and MyDHL tracking."""
