; The installer for Windows: for one user, without administrator rights. Compiled, never run.
;
; makensis gets VERSION, BUNDLE (folder), ICON, REMOVALS (lines that delete the files of the bundle), OUTPUT and SIZE_KIB.

Unicode true
ManifestDPIAware true
SetCompressor /SOLID lzma
RequestExecutionLevel user

!include "MUI2.nsh"
!include "FileFunc.nsh"
!include "LogicLib.nsh"

!define NAME "stabilitydl"
!define UNINSTALL "Software\Microsoft\Windows\CurrentVersion\Uninstall\${NAME}"
!define CLASSES "Software\Classes"
!define CAPABILITIES "Software\${NAME}\Capabilities"

Name "${NAME}"
OutFile "${OUTPUT}"
InstallDir "$LOCALAPPDATA\Programs\${NAME}"
InstallDirRegKey HKCU "Software\${NAME}" "Folder"
BrandingText "${NAME} ${VERSION}"

VIProductVersion "${VERSION}.0"
VIAddVersionKey "ProductName" "${NAME}"
VIAddVersionKey "ProductVersion" "${VERSION}"
VIAddVersionKey "FileVersion" "${VERSION}"
VIAddVersionKey "FileDescription" "${NAME} setup"
VIAddVersionKey "LegalCopyright" "MIT licence"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_FINISHPAGE_RUN "$INSTDIR\stabilitydl-window.exe"
!insertmacro MUI_PAGE_LICENSE "${BUNDLE}\lib\resources\licences\NOTICES.txt"
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!insertmacro MUI_PAGE_FINISH
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "English"
!insertmacro MUI_LANGUAGE "SimpChinese"

LangString IN_USE ${LANG_ENGLISH} "stabilitydl is running. Quit it, then try again."
LangString IN_USE ${LANG_SIMPCHINESE} "stabilitydl 正在运行。请先退出，然后重试。"
LangString LOCKFILE ${LANG_ENGLISH} "stabilitydl lockfile"
LangString LOCKFILE ${LANG_SIMPCHINESE} "stabilitydl 锁定文件"

; A program that runs cannot be opened for writing.
!macro REFUSE_WHILE_RUNS FOLDER PROGRAM
  ${If} ${FileExists} "${FOLDER}\${PROGRAM}"
    ClearErrors
    FileOpen $0 "${FOLDER}\${PROGRAM}" a
    ${If} ${Errors}
      MessageBox MB_ICONEXCLAMATION|MB_OK "$(IN_USE)" /SD IDOK
      Abort
    ${EndIf}
    FileClose $0
  ${EndIf}
!macroend

!macro REFUSE_WHILE_RUNNING FOLDER
  !insertmacro REFUSE_WHILE_RUNS "${FOLDER}" "stabilitydl.exe"
  !insertmacro REFUSE_WHILE_RUNS "${FOLDER}" "stabilitydl-window.exe"
!macroend

; An older version takes its own files away: only its uninstaller knows them, and it may lie in another folder.
; With _?= it runs where it is and is waited for; so it cannot remove itself.
!macro REMOVE_OLDER
  ReadRegStr $1 HKCU "Software\${NAME}" "Folder"
  ${If} $1 != ""
  ${AndIf} ${FileExists} "$1\uninstall.exe"
    !insertmacro REFUSE_WHILE_RUNNING "$1"
    ExecWait '"$1\uninstall.exe" /S _?=$1' $2
    ${If} $2 != 0
      MessageBox MB_ICONEXCLAMATION|MB_OK "$(IN_USE)" /SD IDOK
      Abort
    ${EndIf}
    Delete "$1\uninstall.exe"
    RMDir "$1"
  ${EndIf}
!macroend

!macro OPENS_WITH KIND TITLE
  WriteRegStr HKCU "${CLASSES}\${NAME}.${KIND}" "" "${TITLE}"
  WriteRegStr HKCU "${CLASSES}\${NAME}.${KIND}\DefaultIcon" "" "$INSTDIR\stabilitydl-window.exe,0"
  WriteRegStr HKCU "${CLASSES}\${NAME}.${KIND}\shell\open\command" "" '"$INSTDIR\stabilitydl-window.exe" "%1"'
  WriteRegNone HKCU "${CLASSES}\.${KIND}\OpenWithProgids" "${NAME}.${KIND}"
  WriteRegStr HKCU "${CAPABILITIES}\FileAssociations" ".${KIND}" "${NAME}.${KIND}"
!macroend

!macro NO_LONGER_OPENS KIND
  DeleteRegKey HKCU "${CLASSES}\${NAME}.${KIND}"
  DeleteRegValue HKCU "${CLASSES}\.${KIND}\OpenWithProgids" "${NAME}.${KIND}"
  DeleteRegKey /ifempty HKCU "${CLASSES}\.${KIND}\OpenWithProgids"
  DeleteRegKey /ifempty HKCU "${CLASSES}\.${KIND}"
!macroend

Section
  !insertmacro REMOVE_OLDER
  !insertmacro REFUSE_WHILE_RUNNING "$INSTDIR"
  SetOutPath "$INSTDIR"
  File /r "${BUNDLE}\*"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortcut "$SMPROGRAMS\${NAME}.lnk" "$INSTDIR\stabilitydl-window.exe"

  ; Offered for these files, and taken for links of its own.
  !insertmacro OPENS_WITH "meta4" "Metalink"
  !insertmacro OPENS_WITH "metalink" "Metalink"
  !insertmacro OPENS_WITH "toml" "$(LOCKFILE)"
  WriteRegStr HKCU "${CLASSES}\${NAME}" "" "URL:${NAME}"
  WriteRegStr HKCU "${CLASSES}\${NAME}" "URL Protocol" ""
  WriteRegStr HKCU "${CLASSES}\${NAME}\DefaultIcon" "" "$INSTDIR\stabilitydl-window.exe,0"
  WriteRegStr HKCU "${CLASSES}\${NAME}\shell\open\command" "" '"$INSTDIR\stabilitydl-window.exe" "%1"'
  WriteRegStr HKCU "${CAPABILITIES}" "ApplicationName" "${NAME}"
  WriteRegStr HKCU "${CAPABILITIES}\UrlAssociations" "${NAME}" "${NAME}"
  WriteRegStr HKCU "Software\RegisteredApplications" "${NAME}" "${CAPABILITIES}"
  ; `stabilitydl` in the Run dialog and in the address bar.
  WriteRegStr HKCU "Software\Microsoft\Windows\CurrentVersion\App Paths\stabilitydl.exe" "" "$INSTDIR\stabilitydl.exe"

  WriteRegStr HKCU "Software\${NAME}" "Folder" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayName" "${NAME}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL}" "DisplayIcon" "$INSTDIR\stabilitydl-window.exe"
  WriteRegStr HKCU "${UNINSTALL}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL}" "EstimatedSize" ${SIZE_KIB}
  WriteRegDWORD HKCU "${UNINSTALL}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL}" "NoRepair" 1
  ${RefreshShellIcons}
SectionEnd

; Models, list and settings are the user's: they stay where they are.
Section "Uninstall"
  !insertmacro REFUSE_WHILE_RUNNING "$INSTDIR"
  !include "${REMOVALS}"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  Delete "$SMPROGRAMS\${NAME}.lnk"
  !insertmacro NO_LONGER_OPENS "meta4"
  !insertmacro NO_LONGER_OPENS "metalink"
  !insertmacro NO_LONGER_OPENS "toml"
  DeleteRegKey HKCU "${CLASSES}\${NAME}"
  DeleteRegValue HKCU "Software\RegisteredApplications" "${NAME}"
  DeleteRegKey HKCU "Software\Microsoft\Windows\CurrentVersion\App Paths\stabilitydl.exe"
  DeleteRegKey HKCU "${UNINSTALL}"
  DeleteRegKey HKCU "Software\${NAME}"
  ${RefreshShellIcons}
SectionEnd
