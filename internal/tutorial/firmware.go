package tutorial

import (
	"archive/zip"
	"bytes"
	"embed"
	"io/fs"
	"strings"
)

// programs holds a folder for each project.
//
//go:embed firmware
var programs embed.FS

// Project is firmware for the demo: the same program for one kind of board.
type Project struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Main  string `json:"main"` // the path of the file to read first
	Files []File `json:"files"`
}

// File is a file of a project.
type File struct {
	Path string `json:"path"`
	Text string `json:"text"`
}

// Projects are all projects, the one for Device OS first.
func Projects() ([]Project, error) {
	all := []Project{
		{ID: "device-os", Name: "Device OS", Main: "src/webhook-demo.cpp"},
		{ID: "arduino", Name: "ESP32 with the Arduino core", Main: "webhook-demo/webhook-demo.ino"},
	}
	for i := range all {
		files, err := filesOf(all[i].ID)
		if err != nil {
			return nil, err
		}
		all[i].Files = files
	}
	return all, nil
}

// filesOf reads a project's folder, in alphabetic order of the paths.
func filesOf(project string) (files []File, err error) {
	top := "firmware/" + project
	err = fs.WalkDir(programs, top, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := programs.ReadFile(path)
		files = append(files, File{strings.TrimPrefix(path, top+"/"), string(text)})
		return err
	})
	return files, err
}

// Zip packs the project for download.
func (p *Project) Zip() ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range p.Files {
		w, err := z.Create(f.Path)
		if err != nil {
			return nil, err
		}
		if _, err := w.Write([]byte(f.Text)); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
