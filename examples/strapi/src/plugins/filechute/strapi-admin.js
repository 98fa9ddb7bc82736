// The plugin's half in the admin: the field, in the Content-Type Builder under "Custom".

export default {
  register(app) {
    app.customFields.register({
      name: 'files',
      pluginId: 'filechute',
      type: 'json',
      intlLabel: { id: 'filechute.label', defaultMessage: 'Files (S3)' },
      intlDescription: { id: 'filechute.description', defaultMessage: 'Large files, sent straight to the bucket' },
      components: { Input: () => import('./admin/FilesInput.jsx') },
      options: {
        base: [
          {
            name: 'options.multiple',
            type: 'checkbox',
            intlLabel: { id: 'filechute.multiple', defaultMessage: 'Several files' },
            description: { id: 'filechute.multiple.hint', defaultMessage: 'The field holds a list' },
          },
        ],
        advanced: [
          {
            name: 'required',
            type: 'checkbox',
            intlLabel: { id: 'filechute.required', defaultMessage: 'Required field' },
            description: { id: 'filechute.required.hint', defaultMessage: 'An entry cannot be saved without a file' },
          },
        ],
      },
    })
  },
}
