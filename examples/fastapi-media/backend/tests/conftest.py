import subprocess

import pytest


@pytest.fixture(scope="session")
def make_clip(tmp_path_factory):
    """Makes clips with ffmpeg from descriptions of test pictures, one after the other; each once."""
    folder = tmp_path_factory.mktemp("clips")

    def make(name, *sources, codec=("-c:v", "libx264", "-pix_fmt", "yuv420p")):
        target = folder / name
        if not target.exists():
            inputs = [word for source in sources for word in ("-f", "lavfi", "-i", source)]
            joined = "".join(f"[{at}:v]" for at in range(len(sources))) + f"concat=n={len(sources)}:v=1:a=0"
            subprocess.run(
                ["ffmpeg", "-v", "error", *inputs, "-filter_complex", joined, *codec, str(target)], check=True
            )
        return target

    return make
