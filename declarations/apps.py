from django.apps import AppConfig


class DeclarationsConfig(AppConfig):
    name = "declarations"

    def ready(self) -> None:
        from declarations.code_editions.words import translated
        from declarations.codelists.sources import translate_with

        translate_with(translated)
