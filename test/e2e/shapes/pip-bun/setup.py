from setuptools import find_packages, setup

setup(name="harbour", version="1.0", packages=find_packages(), install_requires=["flask"])
