"""Every title that the four pathways teach, certify or install with, on each system where it exists."""

from functools import cache

import pytest

from agents.report import Platform, RawInstall
from inventory.recognition import Recogniser, Role
from inventory.titles import load_catalog

CATALOG = load_catalog()

WINDOWS = """
autocad|Autodesk AutoCAD 2026 - English|Autodesk|2026
autocad-lt|AutoCAD LT 2024 - English|Autodesk|2024
autocad-architecture|AutoCAD Architecture 2025 - English|Autodesk|2025
autocad-mechanical|AutoCAD Mechanical 2025 - English|Autodesk|2025
autocad-electrical|AutoCAD Electrical 2025 - English|Autodesk|2025
autocad-mep|AutoCAD MEP 2025 - English|Autodesk|2025
autocad-map-3d|AutoCAD Map 3D 2025 - English|Autodesk|2025
autocad-plant-3d|AutoCAD Plant 3D 2025 - English|Autodesk|2025
civil-3d|Autodesk Civil 3D 2026 - English|Autodesk|2026
revit|Autodesk Revit 2027|Autodesk|2027
inventor-professional|Autodesk Inventor Professional 2026 - English|Autodesk|2026
autodesk-fusion|Autodesk Fusion|Autodesk, Inc.|
3ds-max|Autodesk 3ds Max 2026|Autodesk|2026
maya|Autodesk Maya 2027|Autodesk|2027
navisworks-manage|Autodesk Navisworks Manage 2026|Autodesk|2026
navisworks-freedom|Autodesk Navisworks Freedom 2026|Autodesk|2026
dwg-trueview|DWG TrueView 2027 - English|Autodesk|2027
robot-structural-analysis|Autodesk Robot Structural Analysis Professional 2026|Autodesk|2026
photoshop|Adobe Photoshop 2026|Adobe Inc.|2026
illustrator|Adobe Illustrator 2026|Adobe Inc.|2026
indesign|Adobe InDesign 2026|Adobe Inc.|2026
premiere-pro|Adobe Premiere 2026|Adobe Inc.|2026
after-effects|Adobe After Effects 2026|Adobe Inc.|2026
audition|Adobe Audition 2025|Adobe Inc.|2025
animate|Adobe Animate 2024|Adobe Inc.|2024
lightroom-classic|Adobe Lightroom Classic|Adobe Inc.|
lightroom|Adobe Lightroom|Adobe Inc.|
media-encoder|Adobe Media Encoder 2026|Adobe Inc.|2026
dreamweaver|Adobe Dreamweaver 2021|Adobe Inc.|2021
acrobat|Adobe Acrobat (64-bit)|Adobe|
acrobat-reader|Adobe Acrobat Reader|Adobe|
davinci-resolve|DaVinci Resolve|Blackmagic Design|
pro-tools|Avid Pro Tools|Avid Technology, Inc.|
media-composer|Avid Media Composer|Avid Technology, Inc.|
blender|Blender|Blender Foundation|
obs-studio|OBS Studio|OBS Project|
audacity|Audacity 3.7.7|Audacity Team|3.7
unity-editor|Unity 6000.0.32f1|Unity Technologies ApS|6000.0
unity-hub|Unity Hub 3.9.1|Unity Technologies|
unreal-engine|Unreal Engine|Epic Games|
godot|Godot Engine|Godot|
etc-nomad|ETCnomad|Electronic Theatre Controls|
solidworks|SOLIDWORKS 2026 SP0|Dassault Systemes SolidWorks Corp|2026
edrawings|eDrawings 2025|Dassault Systemes|2025
matlab|MATLAB R2025b|MathWorks|R2025b
sketchup|SketchUp 2025|Trimble Inc.|2025
rhino|Rhinoceros 8|Robert McNeel & Associates|8
freecad|FreeCAD 1.0.0|FreeCAD|1.0
ultimaker-cura|UltiMaker Cura 5.8.1|UltiMaker|5.8
prusaslicer|PrusaSlicer 2.8.1|Prusa Research|2.8
bambu-studio|Bambu Studio|Bambu Lab|
arduino-ide|Arduino IDE 2.3.2|Arduino SA|2.3
lego-spike|LEGO Education SPIKE App|LEGO Education|
vexcode|VEXcode V5|VEX Robotics|
bluebeam-revu|Bluebeam Revu 21|Bluebeam, Inc.|21
robotstudio|ABB RobotStudio 2024|ABB|2024
mastercam|Mastercam 2025|CNC Software|2025
vcarve|VCarve Pro 12.0|Vectric|12
visual-studio-code|Microsoft Visual Studio Code (User)|Microsoft Corporation|
visual-studio|Visual Studio Community 2026|Microsoft Corporation|2026
intellij-idea|IntelliJ IDEA 2026.1|JetBrains s.r.o.|2026.1
pycharm|PyCharm 2026.1|JetBrains s.r.o.|2026.1
jetbrains-toolbox|JetBrains Toolbox|JetBrains s.r.o.|
android-studio|Android Studio|Google LLC|
docker-desktop|Docker Desktop|Docker Inc.|
git|Git|The Git Development Community|
github-desktop|GitHub Desktop|GitHub, Inc.|
python|Python 3.14.0 (64-bit)|Python Software Foundation|3.14
thonny|Thonny 4.1.4|Aivar Annamaa|4.1
temurin-jdk|Eclipse Temurin JDK with Hotspot 21.0.4+7 (x64)|Eclipse Adoptium|21
oracle-jdk|Java(TM) SE Development Kit 21.0.2 (64-bit)|Oracle Corporation|21
openjdk|Microsoft Build of OpenJDK with Hotspot 21.0.2+13 (x64)|Microsoft|21
netbeans|Apache NetBeans 22|Apache Software Foundation|22
nodejs|Node.js|Node.js Foundation|
mysql-workbench|MySQL Workbench 8.0 CE|Oracle Corporation|8.0
db-browser-sqlite|DB Browser for SQLite|DB Browser for SQLite Team|
virtualbox|Oracle VirtualBox 7.1.4|Oracle and/or its affiliates|7.1
vmware-workstation|VMware Workstation|VMware, Inc.|
packet-tracer|Cisco Packet Tracer 8.2.2 64Bit|Cisco Systems, Inc.|8.2
wireshark|Wireshark 4.4.1 x64|The Wireshark developer community|4.4
microsoft-365-apps|Microsoft 365 Apps for enterprise - en-us|Microsoft Corporation|
microsoft-office|Microsoft Office LTSC Professional Plus 2024 - en-us|Microsoft Corporation|2024
certiport-compass|Certiport Compass for Windows|Certiport|
compass-cloud|Compass Cloud|Certiport|
gmetrix-sms|GMetrix SMSe|GMetrix|
lockdown-browser|LockDown Browser OEM|Respondus, Inc.|
ca-secure-browser|CASecureBrowser17.0|Cambium Assessment, Inc.|17
nwea-secure-browser|NWEA Secure Testing Browser|NWEA|
safe-exam-browser|Safe Exam Browser|ETH Zürich|
drc-insight|DRC INSIGHT Online Assessments|Data Recognition Corporation|
swpub-solidworks-tester|3DEXPERIENCE Testing Client|Virtual Tester|
nvda|NVDA|NV Access|
jaws|Freedom Scientific JAWS 2025|Freedom Scientific|2025
zoomtext|ZoomText 2025|Freedom Scientific|2025
fs-fusion|Freedom Scientific Fusion 2025|Freedom Scientific|2025
dragon|Dragon Professional 16|Nuance Communications Inc.|16
read-and-write|Read&Write|Texthelp Ltd|
kurzweil-3000|Kurzweil 3000|Kurzweil|
wacom-driver|Wacom Tablet|Wacom Technology Corp.|
laerdal-qcpr|LLEAP|Laerdal Medical|
anatomage-table|Anatomage Table|Anatomage|
visible-body|Human Anatomy Atlas|Visible Body|
complete-anatomy|Complete Anatomy|3D4Medical|
"""
MACOS = """
autocad|com.autodesk.AutoCAD2027
maya|com.autodesk.Maya.2027
autodesk-fusion|com.autodesk.fusion360
photoshop|com.adobe.Photoshop
illustrator|com.adobe.illustrator
indesign|com.adobe.InDesign
premiere-pro|com.adobe.PremierePro.25
after-effects|com.adobe.AfterEffects
audition|com.adobe.Audition
lightroom-classic|com.adobe.LightroomClassicCC7
acrobat-pro|com.adobe.Acrobat.Pro
acrobat-reader|com.adobe.Reader
media-encoder|com.adobe.ame.application.25
davinci-resolve|com.blackmagic-design.DaVinciResolve
pro-tools|com.avid.ProTools
media-composer|com.avid.mediacomposer
final-cut-pro|com.apple.FinalCut
logic-pro|com.apple.logic10
blender|org.blenderfoundation.blender
obs-studio|com.obsproject.obs-studio
audacity|org.audacityteam.audacity
qlab|com.figure53.QLab.5
unity-editor|com.unity3d.UnityEditor5.x
sketchup|com.sketchup.SketchUp.2026
matlab|com.mathworks.matlab
rhino|com.mcneel.rhinoceros.8
ultimaker-cura|nl.ultimaker.cura
bambu-studio|com.bambulab.bambu-studio
arduino-ide|cc.arduino.IDE2
visual-studio-code|com.microsoft.VSCode
intellij-idea|com.jetbrains.intellij
pycharm|com.jetbrains.pycharm.ce
android-studio|com.google.android.studio
docker-desktop|com.docker.docker
github-desktop|com.github.GitHubClient
python|org.python.python
thonny|org.thonny.Thonny
eclipse-ide|epp.package.java
netbeans|org.apache.netbeans
virtualbox|org.virtualbox.app.VirtualBox
vmware-fusion|com.vmware.fusion
packet-tracer|com.cisco.PacketTracer
wireshark|org.wireshark.Wireshark
mysql-workbench|com.oracle.workbench.MySQLWorkbench
microsoft-365-apps|com.microsoft.Word
xcode|com.apple.dt.Xcode
swift-playgrounds|com.apple.PlaygroundsMac
lockdown-browser|com.Respondus.LockDownBrowser
"""
LINUX = """
blender|blender|dpkg
blender|org.blender.Blender|flatpak
obs-studio|obs-studio|dpkg
audacity|audacity|rpm
davinci-resolve|davinci-resolve|dpkg
freecad|freecad|dpkg
ultimaker-cura|cura|dpkg
arduino-ide|arduino|dpkg
visual-studio-code|code|rpm
intellij-idea|intellij-idea-community|snap
pycharm|pycharm-community|snap
android-studio|android-studio|snap
docker-desktop|docker-desktop|dpkg
git|git|dpkg
python|python3.12|dpkg
thonny|thonny|dpkg
openjdk|openjdk-21-jdk|dpkg
virtualbox|virtualbox-7.1|dpkg
packet-tracer|packettracer|dpkg
wireshark|wireshark|dpkg
nodejs|nodejs|dpkg
mysql-workbench|mysql-workbench-community|dpkg
unity-hub|unityhub|dpkg
maya|maya2026_64|rpm
matlab|matlab|dpkg
"""
WEB = """\
onshape tinkercad simchart ehr-go neehr-perfect docucare icev healthcenter21 labster shadow-health body-interact codehs
codio replit github-classroom studiobinder nha-learning
"""


@cache
def recogniser() -> Recogniser:
    return Recogniser(CATALOG)


@pytest.mark.parametrize("row", WINDOWS.split("\n")[1:-1])
def test_on_windows(row: str) -> None:
    title, name, publisher, release = row.split("|")
    for said in (publisher, ""):
        if not said and name in {"NVDA", "Git", "Adobe Lightroom", "Compass Cloud"}:
            continue
        raw = RawInstall(name=name, publisher=said, source="uninstall")
        found = recogniser().recognise(raw, Platform.WINDOWS)
        assert (found.title, found.role, found.release) == (title, Role.PRODUCT, release), found.rule


@pytest.mark.parametrize("row", MACOS.split())
def test_on_macos(row: str) -> None:
    title, identifier = row.split("|")
    raw = RawInstall(name="as it likes", source="bundle", identifier=identifier)
    found = recogniser().recognise(raw, Platform.MACOS)
    assert (found.title, found.role) == (title, Role.PRODUCT), found.rule


@pytest.mark.parametrize("row", LINUX.split())
def test_on_linux(row: str) -> None:
    title, package, source = row.split("|")
    found = recogniser().recognise(RawInstall(name=package, source=source), Platform.LINUX)
    assert (found.title, found.role) == (title, Role.PRODUCT), found.rule


@pytest.mark.parametrize("title", WEB.split())
def test_in_the_browser(title: str) -> None:
    assert CATALOG.by_id[title].web


@pytest.mark.parametrize(
    ("title", "version", "release"),
    [
        ("photoshop", "25.12.0.806", "2024"),
        ("photoshop", "27.0", "2026"),
        ("illustrator", "29.8", "2025"),
        ("indesign", "20.5", "2025"),
        ("premiere-pro", "26.0", "2026"),
        ("solidworks", "33.1.0.0082", "2025"),
        ("revit", "25.4.10.32", "2025"),
        ("matlab", "24.2", "R2024b"),
        ("autocad", "26.0.50.0", "2027"),
        ("visual-studio", "18.1.11206.111", "2026"),
    ],
)
def test_each_product_numbers_its_own_way(title: str, version: str, release: str) -> None:
    from inventory.release_labels import release_of

    assert release_of(CATALOG.by_id[title], "", version, "") == release


@pytest.mark.parametrize(
    ("title", "edition", "free"),
    [
        ("pycharm", "Unified", True),
        ("pycharm", "Community", True),
        ("pycharm", "Professional", False),
        ("pycharm", "", False),
        ("visual-studio", "Community", True),
        ("visual-studio", "Enterprise", False),
        ("navisworks-freedom", "", True),
        ("revit", "", False),
    ],
)
def test_a_free_edition_needs_no_right(title: str, edition: str, free: bool) -> None:
    assert CATALOG.by_id[title].is_free(edition) is free


def test_every_free_edition_is_one_that_rows_can_have() -> None:
    for title in CATALOG.titles:
        stated = {*title.editions, *([title.edition_from[0]] if title.edition_from else [])}
        assert set(title.free_editions) <= stated, title.id
