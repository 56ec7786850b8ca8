"""Linux: TPM, firmware kind and Secure Boot: what an upgrade of the operating system may ask for."""

from agents.errors import QuestionFailed
from agents.probe import Files, Found, Part, Probe, Tree
from agents.report import Hardware

TPM = "sys/class/tpm"
TABLES = "sys/firmware/acpi/tables"
EFI = "sys/firmware/efi"
SECURE_BOOT = f"{EFI}/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"


class Tpm(Probe[Tree]):
    """The TPM's specification. "none" only when the kernel looked and the firmware announces none either."""

    name = "tpm"
    part = Part.HARDWARE
    feeds = ("tpm",)
    question = Files(
        read=(f"{TPM}/tpm0/tpm_version_major", f"{TPM}/tpm0/device/caps"),
        names=(TPM, f"{TPM}/tpm0", f"{TABLES}/TPM2", f"{TABLES}/TCPA"),
    )

    def parse(self, answer: Tree) -> Found:
        """Raises `QuestionFailed` where the kernel cannot tell."""
        if f"{TPM}/tpm0" in answer.names:
            major = answer.text(f"{TPM}/tpm0/tpm_version_major")  # kernels before 5.6 have `caps` instead, for 1.2 only
            if not major and "1.2" in answer.text(f"{TPM}/tpm0/device/caps"):
                major = "1"
            return Found(hardware=Hardware(tpm={"1": "1.2", "2": "2.0"}[major]))
        if TPM not in answer.names:
            raise QuestionFailed("this kernel knows no TPMs")
        if any(name.startswith(TABLES) for name in answer.names):
            raise QuestionFailed("the firmware announces a TPM that the kernel does not drive")
        return Found(hardware=Hardware(tpm="none"))


class Firmware(Probe[Tree]):
    """UEFI or BIOS, and whether Secure Boot is on."""

    name = "firmware"
    part = Part.HARDWARE
    feeds = ("firmware", "secure_boot")
    question = Files(read=(SECURE_BOOT,), names=(EFI, f"{EFI}/efivars", "sys/class/dmi/id"))

    def parse(self, answer: Tree) -> Found:
        """The variable is four bytes of attributes and then 1 or 0."""
        if EFI not in answer.names:
            # Without the firmware's tables this is no PC: a small board, or a guest whose kernel was started directly.
            if "sys/class/dmi/id" not in answer.names:
                raise QuestionFailed("the kernel shows no firmware")
            return Found(hardware=Hardware(firmware="bios", secure_boot=False))
        flag = answer.files.get(SECURE_BOOT, b"")
        if len(flag) != 5:
            reason = "not permitted" if answer.denied else "the variable is not shown"
            return Found(hardware=Hardware(firmware="uefi"), unread=(f"Secure Boot: {reason}",))
        return Found(hardware=Hardware(firmware="uefi", secure_boot=flag[4] == 1))
